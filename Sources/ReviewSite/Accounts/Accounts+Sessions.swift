internal import FoundationEssentials
internal import Postgres

extension Accounts {
    /// Begins a session and ends the browser's earlier one, so that each sign-in gets a new secret.
    /// - Parameter isByLink: whether a one-time link began it. Then its person may set a new password without the old one, once, within
    ///   ``linkMinutes``.
    /// - Returns: the secret for the cookie.
    func beginSession(
        of reviewer: Reviewer, for lifetime: Duration, inPlaceOf old: SecretToken?, isByLink: Bool = false
    ) async throws -> SecretToken {
        let token = SecretToken()
        try await pool.transaction { connection in
            if let old {
                try await connection.execute("DELETE FROM dailies.sessions WHERE token_hash = \(old.hash)")
            }
            // Expired sessions are not needed any more.
            try await connection.execute("DELETE FROM dailies.sessions WHERE expires_at < now()")
            try await connection.execute(
                PostgresQuery(
                    named: "sessions.begin",
                    """
                    INSERT INTO dailies.sessions (token_hash, reviewer_id, expires_at, may_set_password_until)
                    VALUES (\(token.hash), \(reviewer.id), now() + \(lifetime),
                            CASE WHEN \(isByLink) THEN now() + \(Duration.seconds(Self.linkMinutes * 60)) END)
                    """))
        }
        return token
    }

    /// The reviewer whose session it is; `nil` when the session has ended or the account is disabled.
    func reviewer(ofSession token: SecretToken) async throws(PostgresError) -> Reviewer? {
        try await pool.query(
            PostgresQuery(
                named: "sessions.find",
                """
                SELECT \(fragment: Reviewer.columns) FROM dailies.sessions s JOIN dailies.reviewers r ON r.id = s.reviewer_id
                WHERE s.token_hash = \(token.hash) AND s.expires_at > now() AND r.disabled_at IS NULL
                """), as: Reviewer.self
        ).first
    }

    func endSession(_ token: SecretToken) async throws(PostgresError) {
        try await pool.execute("DELETE FROM dailies.sessions WHERE token_hash = \(token.hash)")
    }
}
