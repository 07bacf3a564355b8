public import FoundationEssentials
public import NullableJSON
public import Recordings

/// One response, as lists show it: the candidate, the question, the status and the findings.
public struct Answer: Hashable, Sendable, Encodable {
    public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case processing, reviewable, unusable
        /// The recording has not arrived yet, or not whole.
        case awaitingFile = "awaiting_file"
    }

    /// The status of the rendition: the copy for every browser, made when browsers do not play the recording's codecs.
    public enum Rendition: String, Hashable, Sendable, Codable {
        case waiting, made, impossible
    }

    public var responseID: Int64
    public var role: String
    public var question: String
    /// `nil` when the role no longer asks it.
    @OrNull public var questionNumber: Int?
    public var candidateName: String
    public var take: Int
    public var submittedAt: Date
    public var status: Status
    @OrNull public var durationMs: Int?
    /// Why a recording is unusable, in words for people.
    @OrNull public var reason: String?
    public var flags: [Flag.Name]
    /// Storage keys by kind.
    public var artifacts: [ArtifactKind: String]
    /// `nil` when no rendition is needed.
    @OrNull public var rendition: Rendition?

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
}

/// An object with the kinds as its keys.
extension ArtifactKind: CodingKeyRepresentable {}
