internal import FoundationEssentials
internal import Reviews

/// How a weak (1), a fair (3) and a strong (5) answer sound; named by their scores, as in a role's file.
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
        /// How many answers were given to it; they, and their ratings, keep it.
        var answers: Int
    }

    var key: String
    var number: Int
    var versions: [Version]

    /// - Parameter wordings: of all questions, those of one question together.
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

/// A question as a candidate was asked it.
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
