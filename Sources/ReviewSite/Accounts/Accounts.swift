public import Postgres

/// Reviewers, their sessions, one-time links and tokens, in one database.
///
/// An e-mail address has one spelling, which the function `dailies.email_address` of the database makes. What was typed goes into statements
/// as it is, through that function, and is never changed or compared here: two places that do it would differ.
///
/// Times are the database's. Methods throw `PostgresError` when the database refuses or is away, and ``AccountsError`` for what a person
/// can correct.
public struct Accounts: Sendable {
    /// The minimum length that NIST SP 800-63B sets for passwords that people choose. There are no other rules.
    public static let leastPasswordLength = 12
    /// How long a one-time link is valid.
    public static let linkMinutes = 15

    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// A new account. The name is what colleagues see beside ratings.
    /// - Throws: ``AccountsError`` when an account with this address exists, or when the name or the address is invalid.
    @discardableResult
    public func add(email: String, name: String, access: Reviewer.Access) async throws -> Reviewer {
        do {
            return try await pool.query(
                PostgresQuery(
                    named: "reviewers.add",
                    """
                    INSERT INTO dailies.reviewers AS r (email, name, access) VALUES (coalesce(dailies.email_address(\(email)), ''), btrim(\(name)), \(access))
                    RETURNING \(fragment: Reviewer.columns)
                    """)
            ).one().reviewer()
        } catch {
            switch error.constraint {
            case "reviewers_email_key":
                throw AccountsError(code: .knownReviewer, description: "There is a reviewer with the address \(email) already.")
            case "reviewers_email_check":
                throw Self.noAddress(email)
            case "reviewers_name_check":
                throw AccountsError(code: .invalidReviewer, description: "A reviewer's name has 1 to 200 characters.")
            default: throw error
            }
        }
    }

    /// All accounts, sorted by address.
    public func reviewers() async throws -> [Reviewer] {
        try await pool.query(
            PostgresQuery(named: "reviewers.list", "SELECT \(fragment: Reviewer.columns) FROM dailies.reviewers r ORDER BY r.email"),
            as: Reviewer.self)
    }

    /// - Throws: ``AccountsError`` when there is none with this address.
    public func reviewer(email: String) async throws -> Reviewer {
        guard let reviewer = try await find(email: email) else { throw try await unknown(email) }
        return reviewer
    }

    func find(email: String) async throws(PostgresError) -> Reviewer? {
        try await pool.query(
            PostgresQuery(
                named: "reviewers.find",
                "SELECT \(fragment: Reviewer.columns) FROM dailies.reviewers r WHERE r.email = dailies.email_address(\(email))"),
            as: Reviewer.self
        ).first
    }

    /// Disables an account, or enables it again. Its sessions, links and tokens become invalid; ratings stay.
    public func setDisabled(_ isDisabled: Bool, email: String) async throws {
        let found = try await pool.transaction { connection in
            let changed = try await connection.execute(
                PostgresQuery(
                    named: "reviewers.disable",
                    """
                    UPDATE dailies.reviewers SET disabled_at = CASE WHEN \(isDisabled) THEN coalesce(disabled_at, now()) END
                    WHERE email = dailies.email_address(\(email))
                    """))
            guard isDisabled else { return changed }
            for table in ["sessions", "sign_in_links", "known_browsers"] {
                try await connection.execute(
                    """
                    DELETE FROM dailies.\(identifier: table)
                    WHERE reviewer_id = (SELECT id FROM dailies.reviewers WHERE email = dailies.email_address(\(email)))
                    """)
            }
            try await connection.execute(
                """
                UPDATE dailies.api_tokens SET revoked_at = now()
                WHERE revoked_at IS NULL AND reviewer_id = (SELECT id FROM dailies.reviewers WHERE email = dailies.email_address(\(email)))
                """)
            return changed
        }
        guard found > 0 else { throw try await unknown(email) }
    }

    /// Why no account has this address, for the person who typed it.
    func unknown(_ email: String) async throws(PostgresError) -> AccountsError {
        let isAddress: Bool = try await pool.query("SELECT dailies.email_address(\(email)) IS NOT NULL").one().decode(at: 0)
        guard isAddress else { return Self.noAddress(email) }
        return AccountsError(
            code: .unknownReviewer, description: "There is no reviewer with the address \(email). `dailies reviewer list` shows them.")
    }

    private static func noAddress(_ email: String) -> AccountsError {
        AccountsError(
            code: .invalidReviewer,
            description:
                "\"\(email)\" is not an e-mail address: name@domain, without blanks and characters that cannot be seen. Type it anew.")
    }
}

extension PostgresRow {
    fileprivate func reviewer() throws(PostgresError) -> Reviewer { try Reviewer(from: self) }
}
