internal import FoundationEssentials
internal import Reviews

/// The results of a role, as far as the reviewer may see them. Never a ranking.
struct ResultsPage: Page {
    struct Row {
        var href: String
        var candidate: String
        var decision: String?
        /// HTML of the table's cells.
        var cells: String
    }

    static let template = "results"
    let title: String
    var role: String
    var roleTitle: String
    var isBlind: Bool
    var summary: String
    var questions: [WallPage.Question]
    var hasRows: Bool
    var rows: [Row]
    var pager: PageOfRows.Links?

    /// - Parameter results: the rows of `part`.
    init(_ results: RoleResults, part: PageOfRows) {
        let address = "/roles/\(results.role.slug)"
        title = "Results: \(results.role.title)"
        role = results.role.slug
        roleTitle = results.role.title
        isBlind = results.role.isBlind
        summary =
            "\(Count.of(results.scores, "rating")) that you may see"
            + (results.splits > 0 ? " · opinions are split on \(Count.of(results.splits, "answer"))" : "")
        questions = results.questions.map {
            WallPage.Question(href: "\(address)/questions/\($0.key)", number: $0.number, prompt: $0.prompt)
        }
        hasRows = results.rows.contains { $0.cells.contains { $0 != nil } } || results.scores > 0
        rows = results.rows.map { row in
            Row(
                href: "\(address)/candidates/\(row.interviewID)", candidate: row.candidate.label,
                decision: row.verdict?.rawValue.capitalized, cells: row.cells.map(Self.cell).joined())
        }
        pager = part.links(of: results.count, at: "\(address)/results")
    }

    private static func cell(_ scores: Scores?) -> String {
        guard let scores, scores.count > 0 else {
            let abstentions = scores?.abstentions ?? 0
            return "<td><span class=\"faint\">\(abstentions > 0 ? "\(abstentions) abstained" : "–")</span></td>"
        }
        let number = "<small>n\u{a0}\(scores.count)</small>"
        let said =
            scores.isSplit
            ? "<span class=\"chip chip-warning\">split</span>"
            : scores.mean.map { "<strong>\(decimal($0))</strong>" + (scores.spread.map { " ±\u{a0}\(decimal($0))" } ?? "") } ?? ""
        return "<td>\(DistributionPlot(counts: scores.distribution).svg)\(said)\(number)</td>"
    }

    private static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
