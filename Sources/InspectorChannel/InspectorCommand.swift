public import FoundationEssentials
public import Recordings

/// What the parent asks of its fork server.
public enum InspectorCommand: Sendable, Codable {
    /// Fork a child for one recording, to look inside it or to make a rendition of it. Comes with the descriptors of `InspectorDescriptors`.
    case inspect(job: InspectorJob)
    /// End the child at once. Unknown ids are ignored: it may have ended already.
    case kill(id: Int)

    public func json() throws -> Data {
        try JSONEncoder().encode(self)
    }

    public init(json: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: json)
    }
}

/// What a child does with its recording.
public enum InspectorTask: String, Hashable, Sendable, Codable {
    /// Writes a `Report`, and the artifacts of one pass.
    case inspect
    /// Writes a `RenditionReport`, and the rendition.
    case render
}

/// The work of one child.
public struct InspectorJob: Sendable, Codable {
    /// The parent's own name for it, never used twice on one channel.
    public var id: Int
    public var task: InspectorTask
    public var request: InspectionRequest
    /// The artifacts to make, in the order of their descriptors.
    public var artifacts: [ArtifactKind]
    /// What to try in place of the task.
    public var probe: InspectorProbe?

    public init(
        id: Int, task: InspectorTask = .inspect, request: InspectionRequest, artifacts: [ArtifactKind], probe: InspectorProbe? = nil
    ) {
        self.id = id
        self.task = task
        self.request = request
        self.artifacts = artifacts
        self.probe = probe
    }

    enum CodingKeys: String, CodingKey {
        case id, task, request, artifacts, probe
    }
}
