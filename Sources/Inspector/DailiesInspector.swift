internal import CSandbox
internal import Glibc
internal import InspectorChannel
internal import Recordings

/// `dailies-inspector`: waits on descriptor 3 for recordings, and forks a sandboxed child for each.
///
/// It has nothing to steal: no environment, no credentials, no database, no network. It has one thread, because a fork keeps
/// only the thread that forks; nothing here may start another.
@main
struct DailiesInspector {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, arguments.first == "--sandbox", let sandbox = arguments.last, ["required", "off"].contains(sandbox)
        else {
            complain("dailies-inspector is started by `dailies`, which lends it one recording at a time. Try `dailies inspect FILE`.")
            exit(EX_USAGE)
        }
        if let failed = unsafe sandbox_harden_server() {
            complain(
                unsafe "The inspector could not secure itself: \(String(cString: failed)) failed (\(String(cString: strerror(errno)))).")
            exit(EX_OSERR)
        }
        let required = sandbox == "required"
        var server = ForkServer(channel: InspectorChannel(InspectorProcess.channelDescriptor), sandbox: required)
        exit(server.run())
    }

    /// Standard error is kept by the parent, which quotes it when the server does not come up.
    static func complain(_ text: String) {
        _ = unsafe write(STDERR_FILENO, text + "\n", text.utf8.count + 1)
    }
}
