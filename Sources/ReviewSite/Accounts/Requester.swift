internal import FoundationEssentials
internal import Postgres

/// The sender of a request, as far as known before the query for the requested thing itself.
enum Requester: Sendable {
    /// The owner of this session, if the session exists.
    case session(SecretToken)
    case reviewer(id: Int64)

    /// Selects the reviewer's `id`; no row when the session has ended or the account is disabled.
    var query: PostgresQuery {
        switch self {
        case .session(let token):
            """
            SELECT r.id FROM dailies.sessions s JOIN dailies.reviewers r ON r.id = s.reviewer_id
            WHERE s.token_hash = \(token.hash) AND s.expires_at > now() AND r.disabled_at IS NULL
            """
        case .reviewer(let id): "SELECT \(id)::bigint AS id"
        }
    }
}
