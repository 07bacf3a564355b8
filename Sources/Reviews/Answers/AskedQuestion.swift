public import Postgres

/// A question in the version that a candidate was asked. The answer is judged by the key points and anchors of this version.
public struct AskedQuestion: Hashable, Sendable, Encodable {
    /// What a weak (1), a fair (3) and a strong (5) answer sound like.
    public struct Anchors: Hashable, Sendable, Encodable {
        public var one: String
        public var three: String
        public var five: String
    }

    public var key: String
    /// Its place in the role's list, from 1; `nil` when the role no longer asks it.
    public var number: Int?
    public var version: Int
    /// The question's newest version. If it differs, the question was reworded after this candidate answered.
    public var newestVersion: Int
    public var prompt: String
    public var keyPoints: [String]
    public var anchors: Anchors
}

extension AskedQuestion: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        key = try row.decode("question_key")
        number = try row.decode("position")
        version = try row.decode("question_version")
        newestVersion = try row.decode("newest_version")
        prompt = try row.decode("prompt")
        keyPoints = try row.decode("key_points")
        anchors = Anchors(one: try row.decode("anchor_1"), three: try row.decode("anchor_3"), five: try row.decode("anchor_5"))
    }
}
