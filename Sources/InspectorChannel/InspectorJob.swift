public import Recordings

/// The work of one child.
public struct InspectorJob: Sendable, Codable {
    /// The parent's number for it, never used twice on one channel.
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
