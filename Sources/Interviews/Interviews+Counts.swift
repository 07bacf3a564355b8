import Postgres

extension Interviews {
    /// How many responses have each status. Beyond `exactUpTo` responses it reads only those that are not reviewable, and how many responses
    /// there are is what PostgreSQL's statistics say.
    public func answerCounts(exactUpTo most: Int = 1_000_000) async throws -> AnswerCounts {
        let estimate: Int = try await pool.query(
            PostgresQuery(
                named: "answers.estimate",
                """
                -- As the planner does it: the rows of each page at the last VACUUM or ANALYZE, times the pages of now.
                SELECT CASE WHEN relpages > 0
                            THEN round(reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::bigint))::bigint
                            ELSE 0 END
                FROM pg_class WHERE oid = 'dailies.responses'::regclass
                """)
        ).one().decode(at: 0)
        var counts = estimate <= most ? try await countAll() : try await countUnreviewable(of: estimate)
        counts.awaitingFile = try await pool.query(
            PostgresQuery(
                named: "answers.awaiting_file",
                "SELECT count(*) FROM dailies.awaited_files f JOIN dailies.jobs j ON j.id = f.job_id")
        ).one().decode(at: 0)
        return counts
    }

    private func countAll() async throws -> AnswerCounts {
        let (responses, records, unusable) = try await pool.query(
            PostgresQuery(
                named: "answers.counts",
                """
                SELECT (SELECT count(*) FROM dailies.responses), (SELECT count(*) FROM dailies.review_records),
                       (SELECT count(*) FROM dailies.review_records WHERE outcome = 'unusable')
                """)
        ).decode((Int.self, Int.self, Int.self))[0]
        return AnswerCounts(
            processing: responses - records, reviewable: records - unusable, unusable: unusable, isReviewableEstimated: false)
    }

    private func countUnreviewable(of responses: Int) async throws -> AnswerCounts {
        let (processing, unusable) = try await pool.query(
            PostgresQuery(
                named: "answers.unreviewable",
                """
                WITH inspected AS (
                    SELECT payload FROM dailies.jobs WHERE kind = 'inspect_response'
                    UNION ALL
                    SELECT payload FROM dailies.job_history WHERE kind = 'inspect_response' AND outcome <> 'completed'
                ), awaited AS (
                    SELECT DISTINCT dailies.response_id(payload) AS response_id FROM inspected
                )
                SELECT (SELECT count(*) FROM awaited a JOIN dailies.responses r ON r.id = a.response_id
                        WHERE NOT EXISTS (SELECT FROM dailies.review_records rr WHERE rr.response_id = a.response_id)),
                       (SELECT count(*) FROM dailies.review_records WHERE outcome = 'unusable')
                """)
        ).decode((Int.self, Int.self))[0]
        return AnswerCounts(
            processing: processing, reviewable: max(0, responses - processing - unusable), unusable: unusable,
            isReviewableEstimated: true)
    }
}
