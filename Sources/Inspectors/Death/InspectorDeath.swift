public import Recordings

/// The evidence of an inspection that ended without a report: what ended it, what it said last, and what it used.
public struct InspectorDeath: Hashable, Sendable {
    public enum Cause: Hashable, Sendable {
        /// A signal that is no limit's: a crash, a `kill` by someone, or SIGSYS for a system call that the sandbox forbids.
        case signal(Int32)
        /// An unknown exit code, or an internal error of the child.
        case exit(Int32)
        /// It ran for longer than `InspectionLimits.wallSeconds`.
        case wallTime
        case cpuTime
        /// It reached `memoryBytes`, as far as the parent can see.
        case memory
        /// The report or an artifact became larger than it may be.
        case outputTooLarge
        /// The report, or an artifact that it names, cannot be what it claims.
        case badReport(String)
        /// The child says that the recording could not be read, or an artifact could not be written. That is the infrastructure's fault,
        /// if it is true. A child that a hostile recording took over may claim it too, so believe it only a few times.
        case inputOutput
        /// The fork server died, and its children with it; the recording is not to blame.
        case serverDied
        /// `InspectorPool.killAll` or `shutdown` ended it; the recording is not to blame.
        case killed
    }

    public var cause: Cause
    /// The signal that ended it, from any sender; `nil` when it ended by itself or its end was not seen.
    public var signal: Int32?
    /// The limit that it reached, such as `240 s`; `nil` when it reached none.
    public var limit: String?
    /// The last lines of what the child wrote, at most 20, in printable ASCII. They may quote the recording's metadata: for operators.
    public var logLines: [String]
    /// What it used; `nil` when it could not be measured.
    public var cpuMs: Int?
    public var wallMs: Int?
    public var maxRSSBytes: Int64?
    public var pid: Int32?
    /// Whether the kernel killed processes of this control group for lack of memory while it ran.
    public var memoryRanOut = false

    public init(
        cause: Cause, signal: Int32? = nil, limit: String? = nil, logLines: [String] = [], cpuMs: Int? = nil, wallMs: Int? = nil,
        maxRSSBytes: Int64? = nil, pid: Int32? = nil
    ) {
        self.cause = cause
        self.signal = signal
        self.limit = limit
        self.logLines = logLines
        self.cpuMs = cpuMs
        self.wallMs = wallMs
        self.maxRSSBytes = maxRSSBytes
        self.pid = pid
    }

    /// The reason in the review record when there is no further try.
    public var reasonCode: UnusableReason.Code {
        switch cause {
        case .wallTime: .timedOut
        case .cpuTime: .cpuTime
        case .memory: .outOfMemory
        case .outputTooLarge: .outputTooLarge
        case .signal, .exit, .badReport, .inputOutput, .serverDied, .killed: .inspectorDied
        }
    }
}

extension InspectorDeath: CustomStringConvertible {
    /// One line for operators, with nothing of the recording in it: fit for logs, which `logLines` are not.
    public var description: String {
        // A cause that is a signal already names it.
        let unnamed = if case .signal = cause { nil as Int32? } else { signal }
        let used = [
            limit.map { "limit \($0)" }, unnamed.map(SignalName.short),
            cpuMs.map { "\($0) ms of CPU" }, wallMs.map { "\($0) ms" }, maxRSSBytes.map { "\($0 >> 20) MiB" },
            pid.map { "process \($0)" },
            memoryRanOut ? "the kernel killed processes of this control group for lack of memory" : nil,
        ].compactMap { $0 }
        let suffix = used.isEmpty ? "" : " (\(used.joined(separator: ", ")))"
        return "The inspector \(cause)\(suffix)"
    }
}

extension InspectorDeath.Cause: CustomStringConvertible {
    /// The end of "The inspector …".
    public var description: String {
        switch self {
        case .signal(let number): "was ended by \(SignalName.of(number))"
        case .exit(let code): "ended with exit code \(code)"
        case .wallTime: "ran for longer than it may"
        case .cpuTime: "used more processor time than it may"
        case .memory: "needed more memory than it may have"
        case .outputTooLarge: "wrote more than it may"
        case .badReport(let why): "wrote a report that cannot be: \(why)"
        case .inputOutput: "could not read the recording or write an artifact"
        case .serverDied: "ended with its fork server"
        case .killed: "was ended by this worker"
        }
    }
}
