public import FoundationEssentials

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
