internal import CInspectorChannel
internal import Glibc
public import SystemPackage

/// Starting a fork server.
public enum InspectorProcess {
    /// The channel's number in the fork server.
    public static let channelDescriptor = FileDescriptor(rawValue: INSPECTOR_CHANNEL_NUMBER)

    /// Starts `executable` in a process group of its own, with an empty environment, `channel` as descriptor 3, `errors` as standard error, and
    /// nothing else open. Returns its process id; the caller reaps it.
    public static func spawn(
        executable: FilePath, arguments: [String], channel: InspectorChannel, errors: FileDescriptor
    ) throws(Errno) -> Int32 {
        var process: pid_t = 0
        var words = unsafe ([executable.string] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        let result = unsafe words.withUnsafeMutableBufferPointer { words in
            unsafe inspector_spawn(executable.string, words.baseAddress, channel.descriptor.rawValue, errors.rawValue, &process)
        }
        try check(result)
        return process
    }
}
