internal import FoundationEssentials
internal import Postgres

extension Accounts {
    /// Creates a token for a program that acts as this reviewer.
    /// - Returns: the secret, which is shown once and not kept.
    public func addToken(reviewer email: String, name: String, scope: APIToken.Scope) async throws -> SecretToken {
        let reviewer = try await reviewer(email: email)
        guard (1...200).contains(name.count), !name.allSatisfy(\.isWhitespace) else {
            throw AccountsError(code: .unknownToken, description: "A token's name has 1 to 200 characters; it says what the token is for.")
        }
        let token = SecretToken()
        try await pool.execute(
            PostgresQuery(
                named: "api_tokens.add",
                """
                INSERT INTO dailies.api_tokens (reviewer_id, name, scope, token_hash)
                VALUES (\(reviewer.id), btrim(\(name)), \(scope), \(token.hash))
                """))
        return token
    }

    /// All tokens, including revoked ones, in the order of their creation.
    public func tokens() async throws -> [APIToken] {
        try await pool.query(
            PostgresQuery(
                named: "api_tokens.list",
                """
                SELECT t.id, r.email, t.name, t.scope, t.created_at, t.last_used_at, t.revoked_at IS NOT NULL AS is_revoked
                FROM dailies.api_tokens t JOIN dailies.reviewers r ON r.id = t.reviewer_id ORDER BY t.id
                """), as: APIToken.self)
    }

    /// Revokes a token. Revoking it again changes nothing.
    public func revokeToken(id: Int64) async throws {
        let found = try await pool.execute(
            PostgresQuery(
                named: "api_tokens.revoke", "UPDATE dailies.api_tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = \(id)"))
        guard found > 0 else {
            throw AccountsError(code: .unknownToken, description: "There is no token \(id). `dailies token list` shows them.")
        }
    }

    /// The reviewer whose token it is and what it may do; `nil` when the token was revoked or the account is disabled.
    func session(ofToken token: SecretToken) async throws(PostgresError) -> Session? {
        // The time of use is kept to the minute, so that a busy program does not update the row with each request.
        let row = try await pool.query(
            PostgresQuery(
                named: "api_tokens.find",
                """
                WITH touched AS (
                    UPDATE dailies.api_tokens SET last_used_at = now()
                    WHERE token_hash = \(token.hash) AND revoked_at IS NULL
                      AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                )
                SELECT \(fragment: Reviewer.columns), t.scope FROM dailies.api_tokens t JOIN dailies.reviewers r ON r.id = t.reviewer_id
                WHERE t.token_hash = \(token.hash) AND t.revoked_at IS NULL AND r.disabled_at IS NULL
                """)
        ).first
        guard let row else { return nil }
        return Session(reviewer: try Reviewer(from: row), proof: .token(try row.decode("scope")), csrfToken: "")
    }
}
