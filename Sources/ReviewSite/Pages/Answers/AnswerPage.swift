internal import Recordings
internal import Reviews

/// Question mode: one candidate's answer, beside the key points and anchors of the version that this candidate was asked.
struct AnswerPage: Page {
    struct Neighbour {
        var href: String
    }

    struct Findings {
        struct Group {
            var sentences: String
            var consequence = ""
        }

        var faults: Group?
        var remarks: Group?
        var takeIsRequested: Bool
        /// That the recording is being looked into again; `nil` when it is not.
        var again: String?
        /// Whether to offer that it is looked into again.
        var mayLookAgain: Bool
    }

    static let template = "answer"
    let title: String
    var role: String
    var roleTitle: String
    var isBlind: Bool
    var response: Int64
    /// The address of this page, to which forms return.
    var here: String
    /// The address after a rating: the next answer that waits.
    var after: String
    /// The video that is most likely watched next, which the browser loads ahead.
    var ahead: String?
    var candidate: String
    var candidatePage: String
    var take: Int?
    var isOutdated: Bool
    var question: QuestionPanel
    var done: Int
    var count: Int
    var timeLeft: String?
    var previous: Neighbour?
    var next: Neighbour?
    var findings: Findings
    var player: PlayerPanel
    var rating: RatingPanel
    var comments: CommentsPanel

    /// - Parameters:
    ///   - ratings: others' ratings, as far as the reviewer may see them.
    ///   - comments: those that the reviewer may see.
    ///   - isForAdmin: whether the reviewer may have the recording looked into again.
    init(_ answer: AnswerDetails, queue: QuestionQueue, ratings: [Rating], comments: [Comment], isForAdmin: Bool) throws {
        let place = queue.items.firstIndex { $0.responseID == answer.responseID }
        let number = answer.question.number ?? queue.question.number
        title = "\(answer.candidate.label), question \(number)"
        role = answer.role.slug
        roleTitle = answer.role.title
        isBlind = answer.role.isBlind
        response = answer.responseID
        here = "/roles/\(answer.role.slug)/questions/\(answer.question.key)/\(answer.responseID)"
        candidate = answer.candidate.label
        candidatePage = "/roles/\(answer.role.slug)/candidates/\(answer.interviewID)"
        take = answer.take > 1 ? answer.take : nil
        isOutdated = !answer.isCurrent
        question = QuestionPanel(answer.question, number: number)
        done = queue.items.count { $0.standing == .done }
        count = queue.items.count
        let left = queue.items.filter { $0.standing == .waiting }.reduce(0) { $0 + max(0, ($1.durationMs ?? 0) - $1.silentMs) }
        timeLeft = left > 0 ? DurationText.sitting(left) : nil
        let (waiting, following) = (queue.waiting(after: place), place.flatMap { queue.items.dropFirst($0 + 1).first })
        after = waiting.map { queue.address(of: $0) } ?? "/roles/\(answer.role.slug)/questions/\(answer.question.key)"
        // After a rating the next page is the next answer that waits; when looking through rated answers, it is the neighbour.
        ahead = (answer.mine == nil ? waiting ?? following : following).flatMap {
            $0.durationMs == nil ? nil : "/media/\($0.responseID)/playback"
        }
        previous = place.flatMap { $0 > 0 ? queue.items[$0 - 1] : nil }.map { Neighbour(href: queue.address(of: $0)) }
        next = following.map { Neighbour(href: queue.address(of: $0)) }
        findings = Findings(answer, isForAdmin: isForAdmin)
        player = try PlayerPanel(answer, comments: comments)
        rating = RatingPanel(answer, others: ratings)
        self.comments = CommentsPanel(comments)
    }
}

extension QuestionQueue {
    /// The next answer that waits, searched for after a place and then from the start. The answer at the place itself is left out.
    fileprivate func waiting(after place: Int?) -> Item? {
        let place = place ?? -1
        return (items.dropFirst(place + 1) + items.prefix(max(0, place))).first { $0.standing == .waiting }
    }
}

extension AnswerPage.Findings {
    init(_ answer: AnswerDetails, isForAdmin: Bool) {
        takeIsRequested = answer.isTakeRequested
        again = answer.isLookedIntoAgain ? "The recording is being looked into again. Until that is done, this page stays as it is." : nil
        mayLookAgain = isForAdmin && answer.status == .unusable && !answer.isLookedIntoAgain
        let warnings = answer.flags.filter { $0.severity == .warning }
        remarks = warnings.isEmpty ? nil : Group(sentences: warnings.map(\.name.sentence).joined(separator: " "))
        if answer.status == .unusable {
            faults = Group(sentences: answer.reason ?? "The recording cannot be used.")
        } else if !answer.faults.isEmpty {
            faults = Group(
                sentences: answer.faults.map(\.name.sentence).joined(separator: " "),
                consequence: "This answer cannot be judged fairly; ask for a new take.")
        }
    }
}
