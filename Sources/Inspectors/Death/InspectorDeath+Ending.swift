internal import ForeignText
internal import Glibc
internal import InspectorChannel
internal import Recordings

extension InspectorDeath.Cause {
    /// The cause of an ending without a report; `nil` when the child claims to have written one.
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

    /// The limit that was reached, in words; `nil` for a cause that is no limit.
    func limit(_ limits: InspectionLimits) -> String? {
        switch self {
        case .wallTime: "\(limits.wallSeconds) s"
        case .cpuTime: "\(limits.cpuSeconds) s"
        case .memory: "\(limits.memoryBytes >> 20) MiB"
        default: nil
        }
    }

    /// Whether a crash looks like the end of memory. The kernel does not record it: an allocation fails, and the program goes on as it
    /// can. Swift's runtime stops with a message; C may soon use a null pointer.
    private static func ranOutOfMemory(
        _ signal: Int32, _ ending: InspectorEnding, _ limits: InspectionLimits, _ logLines: [String]
    ) -> Bool {
        guard [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGKILL].contains(signal) else { return false }
        let nearLimit = ending.maxRSSBytes >= limits.memoryBytes / 10 * 9
        let saysSo = logLines.contains { $0.holds("failed to allocate") || $0.holds("Cannot allocate memory") }
        return nearLimit || saysSo
    }
}

extension InspectorDeath {
    /// Whether the sandbox killed it for a system call that it forbids.
    public var wasForbidden: Bool { cause == .signal(SIGSYS) }

    /// Whether it was ended from outside, by the kernel short of memory or by a person: the recording is not to blame. An inspector cannot
    /// send itself SIGKILL, because the sandbox forbids it, and its own limit of memory makes an allocation fail and sends no signal.
    public var wasKilledFromOutside: Bool {
        switch cause {
        case .signal(SIGKILL), .serverDied: true
        case .memory: signal == SIGKILL && memoryRanOut
        default: false
        }
    }
}
