internal import Glibc
internal import InspectorChannel
internal import Recordings

extension InspectorDeath.Cause {
    /// What an ending without a report means; `nil` when the child claims to have written one.
    init?(_ ending: InspectorEnding, limits: InspectionLimits, logLines: [String]) {
        if ending.timedOut {
            self = .wallTime
            return
        }
        switch ending.status {
        case .exit(let code):
            switch InspectorExit(rawValue: code) {
            case .reported: return nil
            case .outputTooLarge: self = .outputTooLarge
            case .inputOutput: self = .inputOutput
            case .memory: self = .memory
            case .software, .noSandbox, .escaped, nil: self = .exit(code)
            }
        case .signal(SIGXCPU): self = .cpuTime
        case .signal(SIGXFSZ): self = .outputTooLarge
        // The child's own alarm, for when the server is stuck.
        case .signal(SIGALRM): self = .wallTime
        case .signal(let number):
            self = Self.ranOutOfMemory(number, ending, limits, logLines) ? .memory : .signal(number)
        }
    }

    /// How much of what was used up there may be; `nil` for a cause that is no limit.
    func limit(_ limits: InspectionLimits) -> String? {
        switch self {
        case .wallTime: "\(limits.wallSeconds) s"
        case .cpuTime: "\(limits.cpuSeconds) s"
        case .memory: "\(limits.memoryBytes >> 20) MiB"
        default: nil
        }
    }

    /// Whether a crash is what the end of memory looks like. The kernel keeps no record of it: an allocation fails, and what happens
    /// then is the program's affair. Swift's runtime stops with a message; C may run into a null pointer soon after.
    private static func ranOutOfMemory(
        _ signal: Int32, _ ending: InspectorEnding, _ limits: InspectionLimits, _ logLines: [String]
    ) -> Bool {
        guard [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGKILL].contains(signal) else { return false }
        let nearLimit = ending.maxRSSBytes >= limits.memoryBytes / 10 * 9
        let saysSo = logLines.contains { $0.contains("failed to allocate") || $0.contains("Cannot allocate memory") }
        return nearLimit || saysSo
    }
}

extension InspectorDeath {
    /// The sandbox ended it for a system call that it forbids.
    public var wasForbidden: Bool { cause == .signal(SIGSYS) }
}
