import Postgres

/// The results of a role: the ratings that the viewer may see, summed up.
public struct RoleResults: Hashable, Sendable, Encodable {
    public struct Row: Hashable, Sendable, Encodable {
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        /// The latest decision that the viewer may see.
        public var verdict: Decision.Verdict?
        /// One for each of the role's questions, in their order; `nil` where the viewer may see no rating.
        public var cells: [Scores?]

        /// The mean of the questions' means. Each question has the same weight, however many reviewers rated it.
        public var mean: Double? {
            let means = cells.compactMap { $0?.mean }
            return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
        }
        /// The number of questions on which opinions are split. A mean has no meaning there.
        public var splits: Int { cells.count { $0?.isSplit ?? false } }
    }

    public var role: RoleReference
    public var questions: [QuestionReference]
    /// Sorted by name, or by pseudonym in a blind role. Never by score, because the list is not a ranking.
    public var rows: [Row]
    /// How many rows there are in all; and in all of them, how many scores the viewer may see, and answers on which opinions are split.
    public var count: Int
    public var scores: Int
    public var splits: Int
}

extension Reviews {
    /// - Parameter rows: which part of the rows to return, from 0.
    public func results(role slug: String, rows range: Range<Int> = 0..<100_000, viewer: Viewer) async throws -> RoleResults {
        let details = try await role(slug, viewer: viewer)
        let cells = try await pool.query(
            PostgresQuery(
                named: "reviews.results",
                """
                WITH shown AS MATERIALIZED (
                    SELECT i.interview_id, i.pseudonym, i.candidate_name, count(*) OVER () AS total,
                           row_number() OVER (ORDER BY lower(coalesce(i.candidate_name, i.pseudonym)), i.interview_id) AS place
                    FROM dailies.visible_interviews i
                    WHERE i.viewer_id = \(viewer.reviewerID) AND i.role_id = \(details.role.id)
                    ORDER BY place LIMIT \(range.count) OFFSET \(range.lowerBound)
                ), verdicts AS (
                    SELECT DISTINCT ON (interview_id) interview_id, verdict FROM dailies.visible_decisions
                    WHERE viewer_id = \(viewer.reviewerID) AND role_id = \(details.role.id)
                    ORDER BY interview_id, id DESC
                )
                SELECT shown.interview_id, shown.pseudonym, shown.candidate_name, shown.total, d.verdict, c.question_id,
                       c.ones, c.twos, c.threes, c.fours, c.fives, c.abstentions
                FROM shown
                LEFT JOIN verdicts d ON d.interview_id = shown.interview_id
                -- OFFSET 0 keeps the planner from joining all answers of the role for the sake of these rows.
                LEFT JOIN LATERAL (
                    SELECT v.question_id, v.ones, v.twos, v.threes, v.fours, v.fives, v.abstentions FROM dailies.viewer_answers v
                    WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(details.role.id) AND v.interview_id = shown.interview_id
                      AND v.scores + v.abstentions > 0 OFFSET 0
                ) AS c ON true
                ORDER BY shown.place
                """))
        let sums = try await pool.query(
            PostgresQuery(
                named: "reviews.results_sums",
                """
                SELECT coalesce(sum(v.scores), 0)::bigint AS scores, count(*) FILTER (WHERE v.is_split) AS splits
                FROM dailies.viewer_answers v
                JOIN dailies.questions q ON q.id = v.question_id AND q.position IS NOT NULL
                WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(details.role.id)
                """)
        ).one()
        return RoleResults(
            role: details.role, questions: details.questions, rows: try Self.rows(details, cells),
            count: try cells.first?.decode("total") ?? 0, scores: try sums.decode("scores"), splits: try sums.decode("splits"))
    }

    /// Groups the cells, which the query returns row by row.
    private static func rows(_ details: RoleDetails, _ cells: PostgresRows) throws(PostgresError) -> [RoleResults.Row] {
        var columns: [Int64: Int] = [:]
        for (index, question) in details.questions.enumerated() { columns[question.id] = index }
        var rows: [RoleResults.Row] = []
        for cell in cells {
            let interview: Int64 = try cell.decode(at: 0)
            if rows.last?.interviewID != interview {
                rows.append(
                    RoleResults.Row(
                        interviewID: interview, candidate: try CandidateIdentity(from: cell), verdict: try cell.decode("verdict"),
                        cells: Array(repeating: nil, count: details.questions.count)))
            }
            guard let question: Int64 = try cell.decode("question_id"), let column = columns[question] else { continue }
            var distribution: [Int] = []
            for name in ["ones", "twos", "threes", "fours", "fives"] { distribution.append(try cell.decode(name)) }
            rows[rows.count - 1].cells[column] = Scores(distribution: distribution, abstentions: try cell.decode("abstentions"))
        }
        return rows
    }
}
