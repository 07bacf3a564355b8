import Postgres

extension RoleResults {
    /// Sorted by candidate, then by question; only those with a rating that the viewer may see.
    public var lines: [ResultsLine] {
        rows.flatMap { row in
            zip(questions, row.cells).compactMap { question, scores in
                scores.map {
                    ResultsLine(
                        interviewID: row.interviewID, candidate: row.candidate.label, question: question.key, verdict: row.verdict,
                        scores: $0)
                }
            }
        }
    }

    public var csv: CSVTable {
        CSVTable(
            header: [
                "interview", "candidate", "question", "decision", "ratings", "mean", "spread", "ones", "twos", "threes", "fours", "fives",
                "abstentions", "split",
            ],
            rows: lines.map { line in
                [
                    "\(line.interviewID)", line.candidate, line.question, line.verdict?.rawValue ?? "", "\(line.scores.count)",
                    Self.decimal(line.scores.mean), Self.decimal(line.scores.spread),
                ] + line.scores.distribution.map { "\($0)" } + ["\(line.scores.abstentions)", line.scores.isSplit ? "yes" : "no"]
            })
    }

    private static func decimal(_ value: Double?) -> String {
        value.map { "\(($0 * 100).rounded() / 100)" } ?? ""
    }
}

extension Reviews {
    /// A role's results for export, as ``RoleResults/csv`` or ``RoleResults/lines``. The audit trail records who exported them.
    public func export(role slug: String, viewer: Viewer) async throws -> RoleResults {
        let results = try await results(role: slug, viewer: viewer)
        try await pool.execute(
            PostgresQuery(
                named: "reviews.audit_export",
                """
                INSERT INTO dailies.audit_events (reviewer_id, action, role_id) VALUES (\(viewer.reviewerID), 'results.exported', \(results.role.id))
                """))
        return results
    }
}
