internal import Glibc
internal import InspectorChannel
internal import SystemPackage

/// A running fork server: its process, the parent's end of the channel, and its standard error. Used by one thread.
struct ForkServerProcess: ~Copyable {
    /// What a server may write to standard error. Only the last line is quoted.
    private static let errorBytes = 64 << 10

    let executable: FilePath
    /// Also the number of its process group, in which all of its children are.
    let process: Int32
    let channel: InspectorChannel
    private let errors: FileDescriptor

    /// Starts a server. It sends `ready` on the channel when it can take work.
    init(executable: FilePath, sandbox: InspectorPool.Sandbox) throws(InspectorError) {
        self.executable = executable
        do {
            let errors = try ScratchFile.open(name: "inspector-errors", limit: Self.errorBytes)
            let (ours, theirs) = try InspectorChannel.pair()
            defer { try? theirs.descriptor.close() }
            process = try InspectorProcess.spawn(
                executable: executable, arguments: ["--sandbox", sandbox.rawValue], channel: theirs, errors: errors)
            self.errors = errors
            channel = ours
        } catch {
            throw .notStarted(executable: executable, why: "\(error)")
        }
    }

    /// Ends the server and all of its children.
    static func kill(_ process: Int32) {
        _ = Glibc.kill(-process, SIGKILL)
    }

    /// Kills the server and its children, and reaps the server. Returns the last line that it wrote to standard error.
    consuming func end() -> String? {
        Self.kill(process)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        try? channel.descriptor.close()
        let lastErrorLine = LogTail.lines(of: (try? LentFile(descriptor: errors).read(count: Self.errorBytes)) ?? []).last
        try? errors.close()
        return lastErrorLine
    }
}
