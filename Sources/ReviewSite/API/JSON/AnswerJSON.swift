internal import FoundationEssentials
import NullableJSON
internal import Recordings
internal import Reviews

/// A candidate, as far as the viewer may know them.
struct CandidateJSON: Encodable, Sendable {
    var pseudonym: String
    /// `null` in a blind role.
    @OrNull var name: String?

    init(_ candidate: CandidateIdentity) {
        pseudonym = candidate.pseudonym
        name = candidate.name
    }
}

/// An answer in a list.
struct AnswerItemJSON: Encodable, Sendable {
    var responseID: Int64
    var interviewID: Int64
    var candidate: CandidateJSON
    var question: String
    var questionVersion: Int
    var take: Int
    var standing: AnswerStanding
    @OrNull var durationMs: Int?
    var silentMs: Int
    var faults: [Flag.Name]
    var warnings: [Flag.Name]
    @OrNull var mine: JudgementJSON?
    var isSplit: Bool

    init(_ item: RoleAnswers.Item) {
        responseID = item.responseID
        interviewID = item.interviewID
        candidate = CandidateJSON(item.candidate)
        question = item.questionKey
        questionVersion = item.questionVersion
        take = item.take
        standing = item.standing
        durationMs = item.durationMs
        silentMs = item.silentMs
        faults = item.faults
        warnings = item.warnings
        mine = item.mine.map(JudgementJSON.init)
        isSplit = item.isSplit
    }
}

/// An answer without others' ratings and comments.
struct AnswerJSON: Encodable, Sendable {
    struct Picture: Encodable, Sendable {
        var width: Int
        var height: Int
    }

    struct Finding: Encodable, Sendable {
        var name: Flag.Name
        var severity: Flag.Severity
        /// In words for people.
        var sentence: String
        @OrNull var value: Double?
        var spans: [Span]
    }

    struct File: Encodable, Sendable {
        var kind: Media.Kind
        /// A URL of this server.
        var href: String
    }

    var responseID: Int64
    var interviewID: Int64
    var role: RoleReferenceJSON
    var candidate: CandidateJSON
    var question: AskedQuestionJSON
    var take: Int
    var isCurrent: Bool
    var status: AnswerDetails.Status
    @OrNull var reason: String?
    var isLookedIntoAgain: Bool
    @OrNull var lookedIntoAgainAt: Date?
    @OrNull var durationMs: Int?
    @OrNull var picture: Picture?
    var silences: [Span]
    var silentMs: Int
    var flags: [Finding]
    var files: [File]
    var isTakeRequested: Bool
    @OrNull var mine: RatingJSON?
    /// Whether the viewer may see others' ratings and comments on it.
    var isOpen: Bool

    init(_ answer: AnswerDetails) {
        responseID = answer.responseID
        interviewID = answer.interviewID
        role = RoleReferenceJSON(answer.role)
        candidate = CandidateJSON(answer.candidate)
        question = AskedQuestionJSON(answer.question)
        take = answer.take
        isCurrent = answer.isCurrent
        status = answer.status
        reason = answer.reason
        isLookedIntoAgain = answer.isLookedIntoAgain
        lookedIntoAgainAt = answer.lookedIntoAgainAt
        durationMs = answer.durationMs
        picture = answer.picture.map { Picture(width: $0.width, height: $0.height) }
        silences = answer.silences
        silentMs = answer.silentMs
        flags = answer.flags.map {
            Finding(name: $0.name, severity: $0.severity, sentence: $0.name.sentence, value: $0.value, spans: $0.spans)
        }
        let kinds = Set(answer.artifacts.map(\.rawValue) + (answer.hasCaptions ? ["captions"] : []))
        files = Media.Kind.allCases.filter { !kinds.isDisjoint(with: $0.artifacts) }
            .map { File(kind: $0, href: "/media/\(answer.responseID)/\($0.rawValue)") }
        isTakeRequested = answer.isTakeRequested
        mine = answer.mine.map(RatingJSON.init)
        isOpen = answer.isOpen
    }
}
