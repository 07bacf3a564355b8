import NullableJSON
internal import Reviews

/// An interview in a list.
struct InterviewItemJSON: Encodable, Sendable {
    var interviewID: Int64
    var candidate: CandidateJSON
    var answers: Int
    var waiting: Int
    @OrNull var verdict: Decision.Verdict?

    init(_ item: RoleInterviews.Item) {
        interviewID = item.interviewID
        candidate = CandidateJSON(item.candidate)
        answers = item.answers
        waiting = item.waiting
        verdict = item.verdict
    }
}

/// All answers of a candidate, and the decisions about the interview.
struct InterviewJSON: Encodable, Sendable {
    struct Answer: Encodable, Sendable {
        var responseID: Int64
        var question: String
        @OrNull var number: Int?
        var prompt: String
        var take: Int
        var standing: AnswerStanding
        @OrNull var durationMs: Int?
        var silentMs: Int
        var hasFault: Bool
        @OrNull var mine: JudgementJSON?
        /// The scores that the viewer may see, including their own.
        var scores: [Int]

        init(_ item: InterviewDetails.Item) {
            responseID = item.responseID
            question = item.questionKey
            number = item.questionNumber
            prompt = item.prompt
            take = item.take
            standing = item.standing
            durationMs = item.durationMs
            silentMs = item.silentMs
            hasFault = item.hasFault
            mine = item.mine.map(JudgementJSON.init)
            scores = item.scores
        }
    }

    var interviewID: Int64
    var role: RoleReferenceJSON
    var candidate: CandidateJSON
    var answers: [Answer]
    var unanswered: Int
    var decisions: [DecisionJSON]

    init(_ details: InterviewDetails) {
        interviewID = details.interviewID
        role = RoleReferenceJSON(details.role)
        candidate = CandidateJSON(details.candidate)
        answers = details.items.map(Answer.init)
        unanswered = details.unanswered
        decisions = details.decisions.map(DecisionJSON.init)
    }
}

/// One question across all candidates, in the viewer's own order.
struct QuestionQueueJSON: Encodable, Sendable {
    struct Answer: Encodable, Sendable {
        var responseID: Int64
        var interviewID: Int64
        var candidate: CandidateJSON
        var standing: AnswerStanding
        @OrNull var durationMs: Int?
        var silentMs: Int
        var hasFault: Bool
        @OrNull var mine: JudgementJSON?

        init(_ item: QuestionQueue.Item) {
            responseID = item.responseID
            interviewID = item.interviewID
            candidate = CandidateJSON(item.candidate)
            standing = item.standing
            durationMs = item.durationMs
            silentMs = item.silentMs
            hasFault = item.hasFault
            mine = item.mine.map(JudgementJSON.init)
        }
    }

    var role: RoleReferenceJSON
    var question: QuestionReferenceJSON
    var answers: [Answer]

    init(_ queue: QuestionQueue) {
        role = RoleReferenceJSON(queue.role)
        question = QuestionReferenceJSON(queue.question)
        answers = queue.items.map(Answer.init)
    }
}
