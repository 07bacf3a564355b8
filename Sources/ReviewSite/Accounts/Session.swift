/// The sender of a request, and the proof of it.
struct Session: Sendable {
    enum Proof: Sendable, Equatable {
        /// A browser's cookie. Browsers send it also with requests that other sites cause, so forms need the token too.
        case cookie
        /// A program's token with what it may do.
        case token(APIToken.Scope)
    }

    var reviewer: Reviewer
    var proof: Proof
    /// The token by which forms and scripts prove that they are this site's; empty for programs.
    var csrfToken: String

    /// Whether changes are allowed at all.
    var mayWrite: Bool { proof != .token(.read) }
}
