import Postgres

/// What the ratings of a role say, as far as the viewer may see them.
public struct RoleResults: Hashable, Sendable, Encodable {
    public struct Row: Hashable, Sendable, Encodable {
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        /// The latest decision that the viewer may see.
        public var verdict: Decision.Verdict?
        /// One for each of the role's questions, in their order; `nil` where the viewer may see no rating.
        public var cells: [Scores?]

        /// The mean of the questions' means: each question weighs the same, however many rated it.
        public var mean: Double? {
            let means = cells.compactMap { $0?.mean }
            return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
        }
        /// Questions on which opinions are split; a mean says nothing there.
        public var splits: Int { cells.count { $0?.isSplit ?? false } }
    }

    public var role: RoleReference
    public var questions: [QuestionReference]
    /// By name, or by pseudonym in a blind role: never by score, because a list is not a ranking.
    public var rows: [Row]
    public var raters: [RaterCalibration]
}

extension Reviews {
    public func results(role slug: String, viewer: Viewer) async throws -> RoleResults {
        let details = try await role(slug, viewer: viewer)
        let cells = try await pool.query(
            PostgresQuery(
                named: "reviews.results",
                """
                SELECT i.interview_id, i.pseudonym, i.candidate_name, d.verdict, s.*
                FROM dailies.visible_interviews i
                LEFT JOIN (
                    SELECT DISTINCT ON (interview_id) interview_id, verdict FROM dailies.visible_decisions
                    WHERE viewer_id = \(viewer.reviewerID) AND role_id = \(details.role.id)
                    ORDER BY interview_id, id DESC
                ) AS d ON d.interview_id = i.interview_id
                LEFT JOIN (
                    SELECT c.interview_id AS of_interview, c.question_id, count(*) FILTER (WHERE x.score = 1) AS ones,
                           count(*) FILTER (WHERE x.score = 2) AS twos, count(*) FILTER (WHERE x.score = 3) AS threes,
                           count(*) FILTER (WHERE x.score = 4) AS fours, count(*) FILTER (WHERE x.score = 5) AS fives,
                           count(*) FILTER (WHERE x.score IS NULL) AS abstentions
                    FROM dailies.visible_ratings x JOIN dailies.current_answers c ON c.response_id = x.response_id
                    WHERE x.viewer_id = \(viewer.reviewerID) AND x.role_id = \(details.role.id)
                    GROUP BY c.interview_id, c.question_id
                ) AS s ON s.of_interview = i.interview_id
                WHERE i.viewer_id = \(viewer.reviewerID) AND i.role_id = \(details.role.id)
                ORDER BY lower(coalesce(i.candidate_name, i.pseudonym)), i.interview_id
                """))
        return RoleResults(
            role: details.role, questions: details.questions, rows: try Self.rows(details, cells),
            raters: try await calibrations(of: details.role, viewer: viewer))
    }

    /// Puts the cells, which come row by row, into their places.
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
