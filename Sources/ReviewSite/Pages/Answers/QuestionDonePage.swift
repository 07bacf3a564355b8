internal import Reviews

/// A question without answers that wait for the reviewer.
struct QuestionDonePage: Page {
    struct Next {
        var href: String
    }

    static let template = "question-done"
    let title: String
    var role: String
    var roleTitle: String
    var number: Int
    var prompt: String
    var heading: String
    var advice: String
    var first: Next?
    var next: Next?

    init(_ queue: QuestionQueue) {
        title = "Question \(queue.question.number)"
        role = queue.role.slug
        roleTitle = queue.role.title
        number = queue.question.number
        prompt = queue.question.prompt
        let done = queue.items.count { $0.standing == .done }
        let faults = queue.items.count { $0.standing == .fault }
        let processing = queue.items.count { $0.standing == .processing || $0.standing == .awaitingFile }
        let rated = done == 0 ? "Nothing to rate here yet" : "You have rated \(Count.of(done, "answer"))"
        heading = queue.items.isEmpty ? "Nobody has answered this question yet" : rated
        let rest = [
            faults > 0 ? "\(Count.of(faults, "recording")) at fault to sort out" : nil,
            processing > 0 ? "\(processing) still processing" : nil,
        ].compactMap { $0 }.joined(separator: " and ")
        advice = rest.isEmpty ? "Nothing waits for you in this question." : "There \(faults + processing == 1 ? "is" : "are") \(rest)."
        first = queue.items.first.map { Next(href: queue.address(of: $0)) }
        next = queue.nextQuestion.map { Next(href: "/roles/\(queue.role.slug)/questions/\($0)") }
    }
}
