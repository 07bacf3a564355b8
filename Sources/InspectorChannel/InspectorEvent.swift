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
