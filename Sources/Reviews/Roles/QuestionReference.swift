/// A question that a role asks now.
public struct QuestionReference: Hashable, Sendable, Encodable {
    /// Its name in URLs.
    public var key: String
    /// Its place in the role's list, from 1.
    public var number: Int
    /// In its newest version.
    public var prompt: String
    public var version: Int
    let id: Int64

    enum CodingKeys: String, CodingKey {
        case key, number, prompt, version
    }
}
