internal import Crypto
internal import FoundationEssentials
internal import Postgres

/// Limits attempts to sign in: ten in a quarter of an hour for one account, fifty from one address. The limit for addresses is higher
/// because an office shares one. A locked account can still be used with a one-time link, so nobody can lock a colleague out.
struct SignInLimit: Sendable {
    static let perAccount: Int32 = 10
    static let perAddress: Int32 = 50
    static let window = Duration.seconds(15 * 60)

    let pool: PostgresPool

    /// Counts an attempt before its result is known.
    /// - Returns: the seconds to wait when there were too many; `nil` when the attempt is allowed.
    func count(email: String, address: String) async throws(PostgresError) -> Int? {
        let wait: Int32? = try await pool.query(
            PostgresQuery(
                named: "sign_in_attempts.count",
                """
                SELECT dailies.count_sign_in_attempt(
                    \(Self.account(email)), \(Self.hash("address", address)), \(Self.perAccount), \(Self.perAddress), \(Self.window))
                """)
        ).one().decode(at: 0)
        return wait.map(Int.init)
    }

    /// Forgets the attempts of an account that has signed in.
    func forget(email: String) async throws(PostgresError) {
        try await pool.execute("DELETE FROM dailies.sign_in_attempts WHERE account_hash = \(Self.account(email))")
    }

    private static func account(_ email: String) -> Data {
        hash("account", email.lowercased().filter { !$0.isWhitespace })
    }

    private static func hash(_ kind: String, _ text: String) -> Data { Data(SHA256.hash(data: Data("\(kind)\n\(text)".utf8))) }
}
