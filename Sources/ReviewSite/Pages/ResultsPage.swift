internal import FoundationEssentials
internal import Reviews

/// What the ratings of a role say, as far as the reviewer may see them: never a ranking.
struct ResultsPage: Page {
    struct Row {
        var href: String
        var candidate: String
        var decision: String?
        /// HTML of the table's cells.
        var cells: String
    }

    struct Rater {
        var reviewer: String
        var common: Int
        /// HTML; empty before there is enough in common.
        var severityPlot: String
        var severity: String
        var agreement: String
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
    var hasCalibration: Bool
    var calibration: [Rater]

    init(_ results: RoleResults, part: PageOfRows) {
        let address = "/roles/\(results.role.slug)"
        title = "Results: \(results.role.title)"
        role = results.role.slug
        roleTitle = results.role.title
        isBlind = results.role.isBlind
        let cells = results.rows.flatMap(\.cells).compactMap { $0 }
        let splits = results.rows.reduce(0) { $0 + $1.splits }
        summary =
            "\(Count.of(cells.reduce(0) { $0 + $1.count }, "rating")) that you may see"
            + (splits > 0 ? " · opinions are split on \(Count.of(splits, "answer"))" : "")
        questions = results.questions.map {
            WallPage.Question(href: "\(address)/questions/\($0.key)", number: $0.number, prompt: $0.prompt)
        }
        hasRows = !cells.isEmpty
        rows = results.rows.dropFirst(part.first).prefix(PageOfRows.size).map { row in
            Row(
                href: "\(address)/candidates/\(row.interviewID)", candidate: row.candidate.label,
                decision: row.verdict?.rawValue.capitalized, cells: row.cells.map(Self.cell).joined())
        }
        pager = part.links(of: results.rows.count, at: "\(address)/results")
        hasCalibration = !results.raters.isEmpty
        calibration = results.raters.map(Rater.init)
    }

    private static func cell(_ scores: Scores?) -> String {
        guard let scores, scores.count > 0 else {
            let abstentions = scores?.abstentions ?? 0
            return "<td><span class=\"faint\">\(abstentions > 0 ? "\(abstentions) abstained" : "–")</span></td>"
        }
        let number = "<span class=\"faint\">n\u{a0}\(scores.count)</span>"
        let said =
            scores.isSplit
            ? "<span class=\"chip chip-warning\">split</span>"
            : scores.mean.map { "<strong>\(decimal($0))</strong>" + (scores.spread.map { " ±\u{a0}\(decimal($0))" } ?? "") } ?? ""
        return "<td>\(DistributionPlot(counts: scores.distribution).svg)\(said) \(number)</td>"
    }

    fileprivate static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

extension ResultsPage.Rater {
    fileprivate init(_ rater: RaterCalibration) {
        reviewer = rater.name
        common = rater.common
        severityPlot = rater.severity.map { SeverityPlot(difference: $0).svg } ?? ""
        severity =
            rater.severity.map { severity in
                let points = ResultsPage.decimal(abs(severity))
                return points == "0.0" ? "as the others" : "\(points) \(severity < 0 ? "lower" : "higher")"
            } ?? "not enough"
        agreement = rater.agreement.map { ResultsPage.decimal($0) } ?? "not enough"
    }
}
