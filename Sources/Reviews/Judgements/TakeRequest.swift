import Postgres

extension Reviews {
    /// Requests a new take of an answer because its recording has a fault. The outbox event `take.requested` tells the program that invites
    /// candidates. Requesting it again changes nothing.
    public func requestNewTake(of response: Int64, viewer: Viewer) async throws {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.request_take",
                """
                WITH asked AS (
                    SELECT a.response_id, a.viewer_id FROM dailies.answer_access a
                    WHERE a.viewer_id = \(viewer.reviewerID) AND a.response_id = \(response)
                ), written AS (
                    INSERT INTO dailies.take_requests (response_id, reviewer_id) SELECT response_id, viewer_id FROM asked
                    ON CONFLICT (response_id) DO NOTHING
                )
                SELECT response_id FROM asked
                """))
        guard !found.isEmpty else { throw ReviewsError.notFound("answer") }
    }
}
