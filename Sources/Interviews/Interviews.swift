public import Postgres

/// Roles, questions, candidates, responses and review records in one database.
///
/// Methods throw `PostgresError` when the database refuses or is away, and `InterviewsError` for what a person can correct.
public struct Interviews: Sendable {
    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }
}
