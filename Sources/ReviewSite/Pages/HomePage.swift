internal import Reviews

/// The reviewer's roles, with the work to do in each and the time that it takes.
struct HomePage: Page {
    struct Role {
        var slug: String
        var title: String
        /// How many answers wait, as a sentence.
        var waiting: String
        /// How long the review takes, as a sentence.
        var minutes: String
        var done: Int
        var all: Int
        var faults: String?
        var processing: String?
        /// The address where reviewing continues; `nil` when nothing waits.
        var start: String?
        var startSays: String
    }

    static let template = "home"
    let title = "Roles"
    var summary: String
    var roles: [Role]
    var hasRoles: Bool
    var pager: PageOfRows.Links?

    init(_ home: ReviewerRoles, part: PageOfRows) {
        let overviews = home.roles
        roles = overviews.map(Role.init)
        pager = part.links(of: home.count, at: "/", things: "roles")
        hasRoles = !overviews.isEmpty || pager != nil
        let waiting = overviews.reduce(0) { $0 + $1.waiting }
        let time = overviews.reduce(0) { $0 + $1.waitingMs }
        let wait = waiting == 1 ? "waits" : "wait"
        let place = pager == nil ? "" : " on this page"
        summary =
            waiting == 0
            ? "Nothing waits for you\(place)."
            : "\(Count.of(waiting, "answer")) \(wait) for you\(place): about \(DurationText.sitting(time))."
    }
}

extension HomePage.Role {
    init(_ overview: RoleOverview) {
        slug = overview.role.slug
        title = overview.role.title
        done = overview.done
        all = overview.done + overview.waiting + overview.faults + overview.awaitingTake + overview.processing
        faults = overview.faults > 0 ? "\(Count.of(overview.faults, "fault")) to sort out" : nil
        processing = overview.processing > 0 ? "\(overview.processing) still processing" : nil
        start = overview.nextQuestion.map { "/roles/\(overview.role.slug)/questions/\($0)" }
        startSays = overview.done > 0 ? "Go on reviewing" : "Start reviewing"
        if overview.waiting > 0 {
            waiting = "\(Count.of(overview.waiting, "answer")) waiting"
            minutes = "About \(DurationText.sitting(overview.waitingMs)), silence taken off"
        } else if all == 0 {
            waiting = "No answers yet"
            minutes = "They appear here as soon as candidates send them."
        } else {
            waiting = "All rated"
            minutes = overview.faults > 0 ? "What is left has a faulty recording." : "There is nothing left for you to rate."
        }
    }
}
