public import FoundationEssentials
public import Recordings

/// What the parent asks of its fork server.
public enum InspectorCommand: Sendable, Codable {
    /// Fork a child for one recording. Comes with the descriptors of `InspectorDescriptors`.
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

/// The work of one child.
public struct InspectorJob: Sendable, Codable {
    /// The parent's own name for it, never used twice on one channel.
    public var id: Int
    public var request: InspectionRequest
    /// The artifacts to make, in the order of their descriptors.
    public var artifacts: [ArtifactKind]
    /// What to try in place of an inspection.
    public var probe: InspectorProbe?

    public init(id: Int, request: InspectionRequest, artifacts: [ArtifactKind], probe: InspectorProbe? = nil) {
        self.id = id
        self.request = request
        self.artifacts = artifacts
        self.probe = probe
    }

    enum CodingKeys: String, CodingKey {
        case id, request, artifacts, probe
    }
}
