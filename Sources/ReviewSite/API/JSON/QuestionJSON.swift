internal import FoundationEssentials
import NullableJSON
internal import Reviews

/// What a weak (1), a fair (3) and a strong (5) answer sound like; named by their scores, as in a role's file.
struct AnchorsJSON: Encodable, Sendable {
    var one: String
    var three: String
    var five: String

    enum CodingKeys: String, CodingKey {
        case one = "1"
        case three = "3"
        case five = "5"
    }

    init(_ anchors: AskedQuestion.Anchors) {
        one = anchors.one
        three = anchors.three
        five = anchors.five
    }
}

/// A question that a role asks now, in its newest version.
struct QuestionReferenceJSON: Encodable, Sendable {
    var key: String
    var number: Int
    var prompt: String
    var version: Int

    init(_ question: QuestionReference) {
        key = question.key
        number = question.number
        prompt = question.prompt
        version = question.version
    }
}

/// A question with all its versions, the newest first.
struct QuestionJSON: Encodable, Sendable {
    struct Version: Encodable, Sendable {
        var version: Int
        var since: Date
        var prompt: String
        var keyPoints: [String]
        var anchors: AnchorsJSON
        /// The number of answers to this version. These answers and their ratings keep the version.
        var answers: Int
    }

    var key: String
    var number: Int
    var versions: [Version]

    /// - Parameter wordings: the versions of all questions; those of one question must follow one another.
    static func questions(_ wordings: [QuestionWording]) -> [QuestionJSON] {
        var questions: [QuestionJSON] = []
        for wording in wordings {
            if questions.last?.key != wording.key { questions.append(QuestionJSON(key: wording.key, number: wording.number, versions: [])) }
            questions[questions.count - 1].versions.append(
                Version(
                    version: wording.version, since: wording.since, prompt: wording.prompt, keyPoints: wording.keyPoints,
                    anchors: AnchorsJSON(wording.anchors), answers: wording.answers))
        }
        return questions
    }
}

/// A question in the version that a candidate was asked.
struct AskedQuestionJSON: Encodable, Sendable {
    var key: String
    /// `null` when the role no longer asks it.
    @OrNull var number: Int?
    var version: Int
    var newestVersion: Int
    var prompt: String
    var keyPoints: [String]
    var anchors: AnchorsJSON

    init(_ question: AskedQuestion) {
        key = question.key
        number = question.number
        version = question.version
        newestVersion = question.newestVersion
        prompt = question.prompt
        keyPoints = question.keyPoints
        anchors = AnchorsJSON(question.anchors)
    }
}
