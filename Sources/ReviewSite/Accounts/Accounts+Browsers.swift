internal import FoundationEssentials
internal import Postgres

extension Accounts {
    /// How long a browser stays known after a sign-in.
    static let browserLifetime = Duration.seconds(180 * 24 * 60 * 60)
    /// Of one person. The browser that was used longest ago is forgotten first.
    private static let mostBrowsers = 20

    /// Keeps that this person has signed in with a browser, which gives it limits of its own; see ``SignInLimit``.
    /// - Parameter old: the secret of the browser's cookie. It is replaced for everybody who uses the browser, so that a secret that somebody
    ///   copied, or put there, is worth nothing afterwards.
    /// - Returns: the new secret for the cookie.
    func keepBrowser(_ old: SecretToken?, of reviewer: Reviewer) async throws -> SecretToken {
        let token = SecretToken()
        try await pool.transaction { connection in
            if let old {
                try await connection.execute(
                    "UPDATE dailies.known_browsers SET token_hash = \(token.hash) WHERE token_hash = \(old.hash) AND expires_at > now()")
            }
            try await connection.execute(
                PostgresQuery(
                    named: "known_browsers.keep",
                    """
                    INSERT INTO dailies.known_browsers AS b (token_hash, reviewer_id, expires_at)
                    VALUES (\(token.hash), \(reviewer.id), now() + \(Self.browserLifetime))
                    ON CONFLICT (token_hash, reviewer_id) DO UPDATE SET signed_in_at = now(), expires_at = excluded.expires_at
                    """))
            try await connection.execute(
                PostgresQuery(
                    named: "known_browsers.forget",
                    """
                    DELETE FROM dailies.known_browsers b WHERE b.reviewer_id = \(reviewer.id) AND (
                        b.expires_at < now() OR b.token_hash NOT IN (
                            SELECT n.token_hash FROM dailies.known_browsers n WHERE n.reviewer_id = b.reviewer_id
                            ORDER BY n.signed_in_at DESC, n.token_hash LIMIT \(Self.mostBrowsers)))
                    """))
        }
        return token
    }
}
