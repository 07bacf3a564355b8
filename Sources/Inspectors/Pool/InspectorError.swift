import ForeignText
public import Recordings
public import SystemPackage

/// Why no inspector could open a recording. The recording is not the reason and can be tried again.
public enum InspectorError: Error, Hashable, Sendable {
    case executableNotFound(looked: [FilePath])
    case notStarted(executable: FilePath, why: String)
    /// The kernel, or a container's rules, lack what `InspectorPool.Sandbox.required` needs.
    case sandboxUnavailable(SandboxSupport)
    /// The executable belongs to another version of Dailies.
    case otherVersion(executable: FilePath)
    /// The fork server could not make a child.
    case refused(why: String)
    /// No file in memory for the report.
    case noScratch(Errno)
    /// `InspectorPool.shutdown` came first.
    case shutDown
}

extension InspectorError {
    /// Whether the machine lacks memory or processes for another inspector: fewer at once may do.
    public var isShortage: Bool {
        switch self {
        // The fork server tells the system's error in words.
        case .refused(let why): [Errno.noMemory, .resourceTemporarilyUnavailable].contains { why.holds("\($0)") }
        case .noScratch(let error): error == .noMemory
        case .executableNotFound, .notStarted, .sandboxUnavailable, .otherVersion, .shutDown: false
        }
    }
}

extension InspectorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .executableNotFound(let looked):
            "The program dailies-inspector was not found in \(looked.map(\.string).joined(separator: ", ")). Install it beside `dailies`."
        case .notStarted(let executable, let why):
            "The inspector \(executable) did not start: \(why). Try it on the command line; `dailies doctor` says what is missing."
        case .sandboxUnavailable(let support):
            "The sandbox for recordings cannot be built: \(support.lacks). A hostile recording could then do what this user may do. "
                + "Run a Linux kernel (5.13 or later) that has both, or let the container use them; or accept the risk with `--sandbox off`."
        case .otherVersion(let executable):
            "The inspector \(executable) is of another version than this program. Install both from the same build."
        case .refused(let why): "No inspector could be made: \(why). It will be tried again."
        case .noScratch(let error):
            "No file in memory could be made for an inspector's report: \(error). Check memory and open files (ulimit -n)."
        case .shutDown: "The inspectors have been shut down."
        }
    }
}
