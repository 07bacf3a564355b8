public import Postgres

/// What the hiring team reads and writes: walls, questions, answers, ratings, comments, decisions, results.
///
/// Every method takes a ``Viewer``, and the database decides what this viewer may see. Views in the schema hold the rules of access, of
/// independent rating and of blind review, and every query here goes through them. For what the viewer may not see, and for what does not
/// exist, the error is the same: ``ReviewsError/Code/notFound``. Every write and its event in the audit trail are one transaction.
///
/// Methods throw `PostgresError` when the database is away, and ``ReviewsError`` for what a person can correct. The number of queries of a
/// method does not depend on the number of candidates, questions and ratings.
public struct Reviews: Sendable {
    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }
}
