/// What a child's exit code means; the numbers are those of sysexits.h.
public enum InspectorExit: Int32, Sendable {
    /// The report is written.
    case reported = 0
    /// EX_SOFTWARE: a failure that has no code of its own.
    case software = 70
    /// EX_OSERR: the sandbox could not be built, so nothing was read.
    case noSandbox = 71
    /// EX_CANTCREAT: the report, or an artifact, is larger than it may be.
    case outputTooLarge = 73
    /// EX_IOERR: the recording could not be read, or an artifact could not be written.
    case inputOutput = 74
    /// EX_TEMPFAIL: no memory was left within the limit.
    case memory = 75
    /// A probe did what the sandbox should have stopped.
    case escaped = 99
}
