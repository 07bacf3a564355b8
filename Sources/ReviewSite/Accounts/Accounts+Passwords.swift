internal import Postgres

extension Accounts {
    /// Sets a password and ends all sessions of the account, because they may belong to somebody who knew the old password.
    /// - Throws: ``AccountsError`` when it is too short or there is no such account.
    public func setPassword(_ password: String, email: String) async throws {
        try await setPassword(password, email: email, hasher: PasswordHasher())
    }

    func setPassword(_ password: String, email: String, hasher: PasswordHasher) async throws {
        guard password.count >= Self.leastPasswordLength else {
            throw AccountsError(
                code: .weakPassword,
                description: "A password has at least \(Self.leastPasswordLength) characters; a few words in a row are good.")
        }
        let stored = try await hasher.hash(password)
        let found = try await pool.transaction { connection in
            let changed = try await connection.execute(
                PostgresQuery(
                    named: "reviewers.password",
                    "UPDATE dailies.reviewers SET password_hash = \(stored) WHERE email = lower(btrim(\(email)))"))
            try await connection.execute(
                """
                DELETE FROM dailies.sessions
                WHERE reviewer_id = (SELECT id FROM dailies.reviewers WHERE email = lower(btrim(\(email))))
                """)
            return changed
        }
        guard found > 0 else { throw Self.unknown(email) }
    }

    /// The account with this address and password; `nil` when there is none. It takes the same time whichever of the two is wrong.
    func authenticate(email: String, password: String, hasher: PasswordHasher) async throws -> Reviewer? {
        let row = try await pool.query(
            PostgresQuery(
                named: "reviewers.authenticate",
                """
                SELECT \(fragment: Reviewer.columns), r.password_hash FROM dailies.reviewers r WHERE r.email = lower(btrim(\(email)))
                """)
        ).first
        let reviewer = try row.map { row throws(PostgresError) in try Reviewer(from: row) }
        let stored = try row?.decode("password_hash", as: String?.self)
        guard try await hasher.matches(password, stored: stored), let reviewer, !reviewer.isDisabled else { return nil }
        return reviewer
    }
}
