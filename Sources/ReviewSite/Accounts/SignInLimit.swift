internal import FoundationEssentials
internal import Postgres

/// Limits failed attempts to sign in, in a quarter of an hour: ten at one account, fifty from one network (``ClientNetwork``), five hundred at the
/// whole site. An attempt counts before its result is known, and a successful one is forgotten.
///
/// **What an attacker reaches.** At most ten guesses at one account, and 500 at all accounts together, in a quarter of an hour, however many
/// networks they have: about a thousand a day for one account. A text that is no address, and an address without an account, count the same,
/// take the same time and are refused in the same words, so the limits tell nothing about who has an account. The limits come before hashing,
/// so the hasher is busy with failed attempts for 100 seconds of a quarter of an hour at most. Successful ones are not limited: ``FairLine``
/// shares the hasher out between people, and between networks.
///
/// **Whom an attacker shuts out.** They can spend any of the limits on purpose: one account's with ten attempts, one network's with fifty, which
/// is everybody's where all people seem to have one address because a proxy is not named as trusted, and the site's with 500 from ten
/// networks. They then keep out who has neither a session nor a known browser, for as long as they go on.
///
/// **What is left.** A session that has begun goes on. A browser in which this person signed in before (in the last half year, which is where
/// almost everybody signs in) has ten attempts of its own; the other limits do not hold for it, and it comes first at the hasher. Its cookie
/// signs nobody in. And a one-time link, which an admin makes, works in any browser, however many attempts there were.
struct SignInLimit: Sendable {
    static let perAccount: Int32 = 10
    static let perNetwork: Int32 = 50
    static let perSite: Int32 = 500
    static let window = Duration.seconds(15 * 60)

    /// An attempt that may go on.
    struct Attempt: Sendable {
        fileprivate let id: Int64
        /// Who waits for the hasher.
        let lane: HashLane
    }

    let pool: PostgresPool

    /// Counts an attempt.
    /// - Parameters:
    ///   - email: as it was typed. It counts for the account that it leads to, in whichever spelling.
    ///   - browser: the secret of the browser's cookie.
    /// - Throws: ``SiteError/tooManyAttempts(seconds:)`` when there were too many.
    func count(email: String, network: ClientNetwork, browser: SecretToken?) async throws -> Attempt {
        let row = try await pool.query(
            PostgresQuery(
                named: "sign_in_attempts.admit",
                """
                SELECT attempt, wait, known_as FROM dailies.admit_sign_in(
                    \(email), \(network.description), \(browser?.hash), \(Self.perAccount), \(Self.perNetwork), \(Self.perSite),
                    \(Self.window))
                """)
        ).one()
        guard let id: Int64 = try row.decode("attempt") else {
            throw SiteError.tooManyAttempts(seconds: Int(try row.decode("wait", as: Int32.self)))
        }
        let person: Int64? = try row.decode("known_as")
        return Attempt(id: id, lane: person.map(HashLane.person) ?? .network(network))
    }

    /// Takes one attempt back, because its password was not looked at.
    func withdraw(_ attempt: Attempt) async throws(PostgresError) {
        try await pool.execute(
            PostgresQuery(named: "sign_in_attempts.withdraw", "DELETE FROM dailies.sign_in_attempts WHERE id = \(attempt.id)"))
    }

    /// Forgets the failed attempts at this account from this network, or in this browser, because it has signed in.
    func forget(_ attempt: Attempt) async throws(PostgresError) {
        try await pool.execute(PostgresQuery(named: "sign_in_attempts.forget", "SELECT dailies.forget_sign_ins(\(attempt.id))"))
    }
}
