public import FoundationEssentials
public import Recordings

/// One response as people look at it: whose it is, what was asked, how far it is, and what is wrong with it.
public struct Answer: Hashable, Sendable, Encodable {
    public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case processing, reviewable, unusable
    }

    /// How far the copy is that every browser plays, where the recording's own codecs do not.
    public enum Rendition: String, Hashable, Sendable, Codable {
        case waiting, made, impossible
    }

    public var responseID: Int64
    public var role: String
    public var question: String
    /// `nil` when the role no longer asks it.
    public var questionNumber: Int?
    public var candidateName: String
    public var take: Int
    public var submittedAt: Date
    public var status: Status
    public var durationMs: Int?
    /// For an unusable recording: why, in words for people.
    public var reason: String?
    public var flags: [Flag.Name]
    /// Storage keys by kind.
    public var artifacts: [ArtifactKind: String]
    /// `nil` when none is needed.
    public var rendition: Rendition?

    enum CodingKeys: String, CodingKey {
        case responseID = "response_id"
        case role, question
        case questionNumber = "question_number"
        case candidateName = "candidate_name"
        case take
        case submittedAt = "submitted_at"
        case status
        case durationMs = "duration_ms"
        case reason, flags, artifacts, rendition
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(responseID, forKey: .responseID)
        try values.encode(role, forKey: .role)
        try values.encode(question, forKey: .question)
        try values.encode(questionNumber, forKey: .questionNumber)
        try values.encode(candidateName, forKey: .candidateName)
        try values.encode(take, forKey: .take)
        try values.encode(submittedAt, forKey: .submittedAt)
        try values.encode(status, forKey: .status)
        try values.encode(durationMs, forKey: .durationMs)
        try values.encode(reason, forKey: .reason)
        try values.encode(flags, forKey: .flags)
        try values.encode(Dictionary(uniqueKeysWithValues: artifacts.map { ($0.key.rawValue, $0.value) }), forKey: .artifacts)
        try values.encode(rendition, forKey: .rendition)
    }
}
