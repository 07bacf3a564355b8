import ForeignText
import Postgres

/// A viewer's request that cannot be done. The description says why and what to do.
public struct ReviewsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// It does not exist, or the viewer may not see it. The error does not tell which.
        case notFound
        /// The viewer may see it, but only admins may do this.
        case adminsOnly
        /// The recording cannot be watched, so it cannot be rated.
        case notReviewable
        /// A value is out of its range.
        case invalid
    }

    public var code: Code
    public var description: String

    static func notFound(_ what: String) -> ReviewsError {
        ReviewsError(code: .notFound, description: "There is no such \(what), or it is not one of yours.")
    }

    static func invalid(_ description: String) -> ReviewsError {
        ReviewsError(code: .invalid, description: description)
    }

    static let adminsOnly = ReviewsError(code: .adminsOnly, description: "Only an admin can do that.")

}

extension ReviewsError {
    /// Turns a refusal of the database into an error for the viewer.
    init?(refusal error: PostgresError) {
        switch (error.sqlState?.rawValue, error.constraint) {
        case ("DR002", _):
            self.init(
                code: .notReviewable,
                description: "This recording cannot be watched, so it cannot be rated. Abstain, or ask for a new take.")
        case (_, let constraint?) where constraint.begins(with: "comments_body"):
            self.init(code: .invalid, description: "A comment needs 1 to 4000 characters.")
        case (_, let constraint?) where constraint.begins(with: "comments_"):
            self.init(code: .invalid, description: "A comment's stretch begins at 0 or later, and ends after it begins.")
        case (_, let constraint?) where constraint.begins(with: "decisions_reason"):
            self.init(code: .invalid, description: "A decision needs a reason of 1 to 4000 characters.")
        default:
            return nil
        }
    }
}
