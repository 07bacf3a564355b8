public import Postgres

/// What the hiring team sees and leaves: walls, questions, answers, ratings, comments, decisions, results.
///
/// Every method takes the ``Viewer`` who asks, and the database itself decides what that one may see: the views of migration 8 hold
/// the rules of access, of independent rating and of blind review, and nothing here reads around them. What a viewer may not see and
/// what does not exist are the same: ``ReviewsError/Code/notFound``. Every write and the event about it in the audit trail are one
/// transaction.
///
/// Methods throw `PostgresError` when the database is away, and ``ReviewsError`` for what a person can correct. How many queries a method
/// sends does not depend on how many candidates, questions and ratings a role has.
public struct Reviews: Sendable {
    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }
}
