internal import Reviews

/// The question as this candidate was asked it.
struct QuestionPanel: Sendable {
    var number: Int
    var prompt: String
    var hasKeyPoints: Bool
    var keyPoints: [String]
    var version: Int
    /// Whether the question was reworded since.
    var isOlderVersion: Bool

    init(_ question: AskedQuestion, number: Int) {
        self.number = number
        prompt = question.prompt
        hasKeyPoints = !question.keyPoints.isEmpty
        keyPoints = question.keyPoints
        version = question.version
        isOlderVersion = question.version < question.newestVersion
    }
}
