internal import FoundationEssentials
internal import Postgres

extension Accounts {
    /// Why a person may set a password.
    enum PasswordProof: Sendable {
        /// The account has none yet.
        case first
        /// The present password was typed, and is right.
        case present
        /// The session began with a one-time link. It counts once, within ``linkMinutes``.
        case link(session: SecretToken)

        /// As the trail calls it.
        var name: String {
            switch self {
            case .first: "first"
            case .present: "password"
            case .link: "link"
            }
        }
    }

    /// Sets a password and ends all sessions of the account, because they may belong to somebody who knew the old password. For the command
    /// line, which needs no proof.
    /// - Throws: ``AccountsError`` when it is too short or there is no such account.
    public func setPassword(_ password: String, email: String) async throws {
        let reviewer = try await reviewer(email: email)
        try await setPassword(password, of: reviewer, by: nil, hasher: PasswordHasher())
    }

    /// The same for somebody on the site.
    /// - Throws: ``AccountsError``, also when the proof does not count any more.
    func setPassword(_ password: String, of reviewer: Reviewer, by proof: PasswordProof?, hasher: PasswordHasher) async throws {
        guard password.count >= Self.leastPasswordLength else {
            throw AccountsError(
                code: .weakPassword,
                description: "A password has at least \(Self.leastPasswordLength) characters; a few words in a row are good.")
        }
        let stored = try await hasher.hash(password, for: .person(reviewer.id))
        try await pool.transaction { connection in
            if case .link(let session) = proof {
                // Deletes what it checks, so that of two requests at the same time only one succeeds.
                let used = try await connection.execute(
                    """
                    DELETE FROM dailies.sessions
                    WHERE token_hash = \(session.hash) AND reviewer_id = \(reviewer.id) AND may_set_password_until > now()
                    """)
                guard used == 1 else { throw Self.lateProof }
            }
            let (actor, action) = (proof == nil ? nil : reviewer.id, proof?.name ?? "command")
            let isFirst = if case .first = proof { true } else { false }
            let changed = try await connection.execute(
                PostgresQuery(
                    named: "reviewers.password",
                    """
                    UPDATE dailies.reviewers SET password_hash = \(stored)
                    WHERE id = \(reviewer.id) AND (NOT \(isFirst) OR password_hash IS NULL)
                    """))
            guard changed == 1 else { throw Self.lateProof }
            for table in ["sessions", "known_browsers"] {
                try await connection.execute("DELETE FROM dailies.\(identifier: table) WHERE reviewer_id = \(reviewer.id)")
            }
            try await connection.execute(
                PostgresQuery(
                    named: "reviewers.password_set",
                    """
                    INSERT INTO dailies.audit_events (reviewer_id, action, detail)
                    VALUES (\(actor), 'password.set',
                            jsonb_build_object('reviewer_id', \(reviewer.id)::bigint, 'by', \(action)::text))
                    """))
        }
    }

    private static let lateProof = AccountsError(
        code: .lateProof, description: "The time to choose a password without the present one is over. Ask for a new sign-in link.")

    /// Whether this session may set a new password without the old one. Asking does not use that up.
    func maySetPassword(inSession token: SecretToken) async throws(PostgresError) -> Bool {
        try await pool.query(
            "SELECT EXISTS (SELECT FROM dailies.sessions WHERE token_hash = \(token.hash) AND may_set_password_until > now())"
        ).one().decode(at: 0)
    }

    /// The account with this address and password; `nil` when there is none. It takes the same time whichever of the two is wrong.
    /// - Parameter lane: who waits for the hasher.
    func authenticate(email: String, password: String, hasher: PasswordHasher, lane: HashLane) async throws -> Reviewer? {
        let row = try await pool.query(
            PostgresQuery(
                named: "reviewers.authenticate",
                """
                SELECT \(fragment: Reviewer.columns), r.password_hash FROM dailies.reviewers r
                WHERE r.email = dailies.email_address(\(email))
                """)
        ).first
        let reviewer = try row.map { row throws(PostgresError) in try Reviewer(from: row) }
        let stored = try row?.decode("password_hash", as: String?.self)
        guard try await hasher.matches(password, stored: stored, for: lane), let reviewer, !reviewer.isDisabled else { return nil }
        return reviewer
    }
}
