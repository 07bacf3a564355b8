internal import FoundationEssentials
internal import Reviews

/// All answers of one interview, and the decisions about it.
struct CandidatePage: Page {
    struct Answer {
        var href: String
        /// HTML of a ``Poster``, and the attributes for the element around it.
        var poster: String
        var scrubbing: String
        var number: String
        var prompt: String
        var remarks: String?
    }

    struct Made {
        var verdict: String
        var reason: String
        var reviewer: String
        var when: String
    }

    static let template = "candidate"
    let title: String
    var here: String
    var role: String
    var roleTitle: String
    var isBlind: Bool
    var interview: Int64
    var candidate: String
    var summary: String
    var hasAnswers: Bool
    var answers: [Answer]
    var decisions: [Made]
    var noDecision: String

    init(_ details: InterviewDetails) {
        title = details.candidate.label
        here = "/roles/\(details.role.slug)/candidates/\(details.interviewID)"
        role = details.role.slug
        roleTitle = details.role.title
        isBlind = details.role.isBlind
        interview = details.interviewID
        candidate = details.candidate.label
        let length = details.items.reduce(0) { $0 + max(0, ($1.durationMs ?? 0) - $1.silentMs) }
        summary =
            Count.of(details.items.count, "answer") + (length > 0 ? ", about \(DurationText.sitting(length)) without silence" : "")
            + (details.unanswered > 0 ? " · \(Count.of(details.unanswered, "question")) not answered" : "")
        hasAnswers = !details.items.isEmpty
        answers = details.items.map { Answer($0, role: details.role.slug) }
        decisions = details.decisions.map { decision in
            Made(
                verdict: decision.verdict.rawValue.capitalized, reason: decision.reason, reviewer: decision.reviewerName,
                when: DateText.inWords(decision.decidedAt))
        }
        let left = details.items.count { $0.standing == .waiting }
        noDecision = left > 0 ? "None that you can see: others’ decisions appear once you have rated every answer." : "None yet."
    }
}

extension CandidatePage.Answer {
    fileprivate init(_ item: InterviewDetails.Item, role: String) {
        var poster = Poster(response: item.responseID)
        poster.instead = item.hasPoster ? nil : item.standing.insteadOfPicture
        poster.hasStoryboard = item.hasPoster
        poster.length = item.durationMs.map { DurationText.clock($0) }
        poster.own = Poster.Own(item.mine)
        if item.hasFault { poster.faults = ["The recording is at fault."] }
        href = "/roles/\(role)/questions/\(item.questionKey)/\(item.responseID)"
        self.poster = poster.html
        scrubbing = poster.scrubbing
        number = item.questionNumber.map { "\($0)." } ?? ""
        prompt = item.prompt
        remarks = item.scores.count > 1 ? "Scores: \(item.scores.map(String.init).joined(separator: ", "))" : nil
    }
}
