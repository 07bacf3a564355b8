internal import FoundationEssentials
internal import Postgres

/// Who asks for something, as far as it is known before the database is asked for the thing itself.
enum Asker: Sendable {
    /// Whoever has this session, if it is one.
    case session(SecretToken)
    case reviewer(id: Int64)

    /// Selects their `id` as a reviewer; no row where the session, or its account, has ended.
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
