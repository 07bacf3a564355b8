/// Who a request comes from, and how that is known.
struct Session: Sendable {
    enum Proof: Sendable, Equatable {
        /// A browser's cookie. Browsers send it along with what other sites make them send, so forms need the token too.
        case cookie
        /// A program's token with what it may do.
        case token(APIToken.Scope)
    }

    var reviewer: Reviewer
    var proof: Proof
    /// What forms and scripts send back to show that they are this site's own; empty for programs.
    var csrfToken: String

    /// Whether changes are allowed at all.
    var mayWrite: Bool { proof != .token(.read) }
}
