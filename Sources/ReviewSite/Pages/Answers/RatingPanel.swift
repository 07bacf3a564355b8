internal import Reviews

/// The form beside the player: the five scores with their anchors, the reasons to abstain, and others' ratings once they may be shown.
struct RatingPanel: Sendable {
    struct Step: Sendable {
        var score: Int
        var anchor: String
        var isChosen: Bool
    }

    struct Reason: Sendable {
        var value: String
        var says: String
    }

    struct Other: Sendable {
        var reviewer: String
        /// The chip's class: a score, or `none`.
        var kind: String
        var shown: String
        /// Whether the recording was looked into again since.
        var isOfBefore: Bool
    }

    struct Others: Sendable {
        var ratings: [Other]
    }

    var canRate: Bool
    /// It cannot be rated yet, because nobody can watch it yet.
    var comesLater: Bool
    var steps: [Step]
    var button: String
    var isAbstained: Bool
    var abstained: String?
    /// That the recording was looked into again since ratings were given that are shown here; `nil` when there is none.
    var isOfBefore: String?
    var reasons: [Reason]
    var others: Others?
    /// Why others' ratings are not shown; `nil` when they are shown.
    var hidden: String?

    init(_ answer: AnswerDetails, others ratings: [Rating]) {
        let mine = answer.mine?.judgement
        let anchors = answer.question.anchors
        canRate = answer.status == .reviewable
        comesLater = answer.status == .processing || answer.status == .awaitingFile
        steps = [
            (1, anchors.one), (2, "Between 1 and 3"), (3, anchors.three), (4, "Between 3 and 5"), (5, anchors.five),
        ].map { Step(score: $0.0, anchor: $0.1, isChosen: mine?.score == $0.0) }
        button = mine == nil ? "Save and go on" : "Change and go on"
        isAbstained = mine?.abstention != nil
        abstained = mine?.abstention?.sentence
        reasons = AbstentionReason.allCases.map { Reason(value: $0.rawValue, says: String($0.sentence.dropLast())) }
        if let at = answer.lookedIntoAgainAt, let mine = answer.mine, Self.isOfBefore(mine, answer) {
            isOfBefore =
                "Rated before the recording was looked into again on \(DateText.inWords(at)). Your rating stands unless you change it."
        }
        if answer.isOpen {
            others = Others(
                ratings: ratings.map { rating in
                    let score = rating.judgement.score
                    return Other(
                        reviewer: rating.reviewerName, kind: score.map(String.init) ?? "none", shown: score.map(String.init) ?? "abstained",
                        isOfBefore: Self.isOfBefore(rating, answer))
                })
        } else {
            hidden =
                switch mine {
                case .score: "In this role, others’ ratings are not shown."
                case .abstained: "Others’ ratings stay hidden: abstaining does not open them."
                case nil: "Others’ ratings and comments appear once you have rated this answer."
                }
        }
    }

    private static func isOfBefore(_ rating: Rating, _ answer: AnswerDetails) -> Bool {
        answer.lookedIntoAgainAt.map { rating.ratedAt < $0 } ?? false
    }
}
