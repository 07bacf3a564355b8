import Postgres
public import Recordings

/// A role's answers as a table: one row for each candidate, one column for each question.
public struct Wall: Hashable, Sendable, Encodable {
    /// Which answers to show. Rows without such an answer are left out; ``Cell/isMatch`` marks these answers in the other rows.
    public enum Filter: String, Hashable, Sendable, Codable, CaseIterable {
        /// Waiting for the viewer.
        case unrated
        /// At fault, or unusable.
        case faults
        /// The ratings that the viewer may see are split: see ``Scores/isSplit``.
        case split
    }

    public struct Cell: Hashable, Sendable, Encodable {
        public var responseID: Int64
        public var standing: AnswerStanding
        public var durationMs: Int?
        public var mine: Judgement?
        public var faults: [Flag.Name]
        public var warnings: [Flag.Name]
        public var hasPoster: Bool
        public var hasStoryboard: Bool
        public var isSplit: Bool
        /// Whether the answer matches the filter; true without a filter.
        public var isMatch: Bool
    }

    public struct Row: Hashable, Sendable, Encodable {
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        /// One for each question of the wall, in the same order; `nil` where there is no answer.
        public var cells: [Cell?]
    }

    public var role: RoleReference
    public var questions: [QuestionReference]
    /// By name, or by pseudonym in a blind role.
    public var rows: [Row]
    /// How many rows there are in all.
    public var count: Int
}

extension Reviews {
    /// - Parameters:
    ///   - filter: `nil`: all candidates.
    ///   - rows: which part of the rows to return, from 0.
    public func wall(role slug: String, filter: Wall.Filter? = nil, rows range: Range<Int> = 0..<1_000, viewer: Viewer) async throws -> Wall
    {
        let details = try await role(slug, viewer: viewer)
        let cells = try await pool.query(
            PostgresQuery(
                named: "reviews.wall",
                """
                WITH shown AS MATERIALIZED (
                    SELECT i.interview_id, i.pseudonym, i.candidate_name, count(*) OVER () AS total,
                           row_number() OVER (ORDER BY lower(coalesce(i.candidate_name, i.pseudonym)), i.interview_id) AS place
                    FROM dailies.visible_interviews i
                    WHERE i.viewer_id = \(viewer.reviewerID) AND i.role_id = \(details.role.id)
                      AND \(fragment: Wall.Filter.finds(filter, viewer: viewer, role: details.role))
                    ORDER BY place LIMIT \(range.count) OFFSET \(range.lowerBound)
                )
                SELECT shown.interview_id, shown.pseudonym, shown.candidate_name, shown.total, c.question_id, c.response_id,
                       \(fragment: AnswerStanding.selection(of: "c")),
                       c.duration_ms, c.my_score, c.my_abstention, c.faults, c.warnings, c.has_poster, c.has_storyboard, c.is_split,
                       coalesce(\(fragment: Wall.Filter.condition(filter, of: "c")), false) AS is_match
                FROM shown
                -- OFFSET 0 keeps the planner from joining all answers of the role for the sake of these rows.
                LEFT JOIN LATERAL (
                    SELECT v.* FROM dailies.viewer_answers v
                    WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(details.role.id) AND v.interview_id = shown.interview_id OFFSET 0
                ) AS c ON true
                ORDER BY shown.place
                """))
        return try Wall(details, cells: cells)
    }
}

extension Wall.Filter {
    /// The condition that an interview `i` has an answer that matches the filter.
    static func finds(_ filter: Wall.Filter?, viewer: Viewer, role: RoleReference) -> PostgresQuery {
        guard let filter else { return "true" }
        return """
            EXISTS (SELECT FROM dailies.viewer_answers v
                    JOIN dailies.questions q ON q.role_id = \(role.id) AND q.id = v.question_id AND q.position IS NOT NULL
                    WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(role.id) AND v.interview_id = i.interview_id
                      AND \(fragment: condition(filter, of: "v")))
            """
    }

    /// The condition that a row of `dailies.viewer_answers` matches the filter. Each filter has its own SQL text, so that the planner knows
    /// which filter it is.
    /// - Parameter answer: the row's name in the query.
    static func condition(_ filter: Wall.Filter?, of answer: String) -> PostgresQuery {
        switch filter {
        case nil: "true"
        case .unrated: "\(identifier: answer).standing = 'waiting'"
        case .faults: "(\(identifier: answer).status = 'unusable' OR \(identifier: answer).faults <> '{}')"
        case .split: "\(identifier: answer).is_split"
        }
    }
}

extension Wall {
    /// Groups the cells, which the query returns row by row.
    fileprivate init(_ details: RoleDetails, cells: PostgresRows) throws(PostgresError) {
        self.init(role: details.role, questions: details.questions, rows: [], count: try cells.first?.decode("total") ?? 0)
        var columns: [Int64: Int] = [:]
        for (index, question) in details.questions.enumerated() { columns[question.id] = index }
        for row in cells {
            let interview: Int64 = try row.decode(at: 0)
            if rows.last?.interviewID != interview {
                rows.append(
                    Row(
                        interviewID: interview, candidate: try CandidateIdentity(from: row),
                        cells: Array(repeating: nil, count: details.questions.count)))
            }
            guard let question: Int64 = try row.decode(at: 4), let column = columns[question] else { continue }
            rows[rows.count - 1].cells[column] = Cell(
                responseID: try row.decode(at: 5), standing: try row.decode(at: 6), durationMs: try row.decode(at: 7),
                mine: Judgement(score: try row.decode(at: 8), abstained: try row.decode(at: 9)),
                faults: try row.decode(at: 10, as: [String].self).compactMap(Flag.Name.init(rawValue:)),
                warnings: try row.decode(at: 11, as: [String].self).compactMap(Flag.Name.init(rawValue:)),
                hasPoster: try row.decode(at: 12), hasStoryboard: try row.decode(at: 13), isSplit: try row.decode(at: 14),
                isMatch: try row.decode(at: 15))
        }
    }
}
