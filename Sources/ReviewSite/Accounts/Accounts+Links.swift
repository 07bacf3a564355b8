internal import FoundationEssentials
internal import Postgres

extension Accounts {
    /// Creates a link that signs the reviewer in once, within ``linkMinutes``. Earlier links of this reviewer become invalid.
    /// - Returns: the secret at the end of `/sign-in/…`. It is shown to a person and not kept.
    public func makeLink(for reviewer: Reviewer) async throws -> SecretToken {
        let token = SecretToken()
        try await pool.transaction { connection in
            try await connection.execute(
                "DELETE FROM dailies.sign_in_links WHERE reviewer_id = \(reviewer.id) OR expires_at < now()")
            try await connection.execute(
                PostgresQuery(
                    named: "sign_in_links.make",
                    """
                    INSERT INTO dailies.sign_in_links (token_hash, reviewer_id, expires_at)
                    VALUES (\(token.hash), \(reviewer.id), now() + \(Duration.seconds(Self.linkMinutes * 60)))
                    """))
        }
        return token
    }

    /// Whether a link can be used now. Asking does not use it up.
    func isUsable(link token: SecretToken) async throws(PostgresError) -> Bool {
        try await pool.query(
            "SELECT EXISTS (SELECT FROM dailies.sign_in_links WHERE token_hash = \(token.hash) AND expires_at > now())"
        ).one().decode(at: 0)
    }

    /// Uses a link up and returns its reviewer. Of several uses at the same time only one succeeds. `nil` when the link is used up or too old.
    func use(link token: SecretToken) async throws(PostgresError) -> Reviewer? {
        try await pool.query(
            PostgresQuery(
                named: "sign_in_links.use",
                """
                WITH used AS (DELETE FROM dailies.sign_in_links WHERE token_hash = \(token.hash) RETURNING reviewer_id, expires_at)
                SELECT \(fragment: Reviewer.columns) FROM used JOIN dailies.reviewers r ON r.id = used.reviewer_id
                WHERE used.expires_at > now() AND r.disabled_at IS NULL
                """), as: Reviewer.self
        ).first
    }
}

extension Accounts {
    /// A link for the first admin, whose account is created if there is none. `nil` once an admin has a password.
    public func firstSignIn() async throws -> SecretToken? {
        let admins = try await reviewers().filter { $0.isAdmin && !$0.isDisabled }
        guard !admins.contains(where: \.hasPassword) else { return nil }
        if let first = admins.min(by: { $0.id < $1.id }) { return try await makeLink(for: first) }
        return try await makeLink(for: try await add(email: "admin@localhost", name: "Admin", access: .admin))
    }
}
