public import FoundationEssentials
public import Recordings

/// What a fork server tells its parent.
public enum InspectorEvent: Sendable, Codable {
    /// The server is ready. It says the versions of the channel and of the report, so that a program of another build is noticed at once.
    case ready(channel: Int, schema: String, support: SandboxSupport, ffmpeg: FFmpegBuild?)
    case started(id: Int, process: Int32)
    case ended(id: Int, ending: InspectorEnding)
    /// No child was made. The recording is not the reason.
    case refused(id: Int, why: String)

    public func json() throws -> Data {
        try JSONEncoder().encode(self)
    }

    public init(json: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: json)
    }
}
