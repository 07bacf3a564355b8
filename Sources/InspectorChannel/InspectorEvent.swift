public import FoundationEssentials
public import Recordings

/// What a fork server tells its parent.
public enum InspectorEvent: Sendable, Codable {
    /// The server is warm. The versions of what it speaks and of what its children write: a program of another build is noticed at once.
    case ready(channel: Int, schema: String, support: SandboxSupport, ffmpeg: FFmpegBuild?)
    case started(id: Int, process: Int32)
    case ended(id: Int, ending: InspectorEnding)
    /// No child was made; the recording has nothing to do with it.
    case refused(id: Int, why: String)

    public func json() throws -> Data {
        try JSONEncoder().encode(self)
    }

    public init(json: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: json)
    }
}

/// How a child came to its end, as the kernel tells it.
public struct InspectorEnding: Hashable, Sendable, Codable {
    public enum Status: Hashable, Sendable, Codable {
        case exit(code: Int32)
        case signal(number: Int32)
    }

    public var status: Status
    /// The server ended it because its time was over.
    public var timedOut: Bool
    /// User and system time.
    public var cpuMs: Int
    /// From the fork to the end, by the server's monotonic clock.
    public var wallMs: Int
    /// The largest resident set, what the child shares with the server included.
    public var maxRSSBytes: Int64

    public init(status: Status, timedOut: Bool, cpuMs: Int, wallMs: Int, maxRSSBytes: Int64) {
        self.status = status
        self.timedOut = timedOut
        self.cpuMs = cpuMs
        self.wallMs = wallMs
        self.maxRSSBytes = maxRSSBytes
    }
}

/// What a child's exit code means; the numbers are those of sysexits.h.
public enum InspectorExit: Int32, Sendable {
    /// The report is written.
    case reported = 0
    /// EX_SOFTWARE: the inspection failed in a way that its author did not foresee.
    case software = 70
    /// EX_OSERR: the cage could not be built, so nothing was read.
    case noCage = 71
    /// EX_CANTCREAT: the report, or an artifact, is larger than it may be.
    case outputTooLarge = 73
    /// EX_IOERR: the recording could not be read or an artifact not be written.
    case inputOutput = 74
    /// EX_TEMPFAIL: no memory was left within the limit.
    case memory = 75
    /// A probe did what the cage should have stopped.
    case escaped = 99
}
