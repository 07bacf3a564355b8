internal import Crypto
internal import FoundationEssentials
internal import Postgres

/// How often somebody may try to sign in: ten times a quarter of an hour with one account, fifty times from one address. An office shares
/// an address, so that one is wider; and who only wants to keep a colleague out finds that a one-time link still works.
struct SignInLimit: Sendable {
    static let perAccount: Int32 = 10
    static let perAddress: Int32 = 50
    static let window = Duration.seconds(15 * 60)

    let pool: PostgresPool

    /// Counts an attempt before it is known how it ends.
    /// - Returns: the seconds to wait when there were too many; `nil` when it may go on.
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

    /// Who got in is no longer counted.
    func forget(email: String) async throws(PostgresError) {
        try await pool.execute("DELETE FROM dailies.sign_in_attempts WHERE account_hash = \(Self.account(email))")
    }

    private static func account(_ email: String) -> Data {
        hash("account", email.lowercased().filter { !$0.isWhitespace })
    }

    private static func hash(_ kind: String, _ text: String) -> Data { Data(SHA256.hash(data: Data("\(kind)\n\(text)".utf8))) }
}
