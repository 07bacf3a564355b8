import Testing

@testable import Storage

/// When credentials are used, fetched anew and given up, without a network.
struct CredentialsRenewalTests {
    private static let begin = SigningTime(secondsSince1970: 1_800_000_000)
    private static let hour = credentials("first", for: 3600)
    private static let failure = CredentialsFailure("nobody answers")

    private static func at(_ seconds: Int) -> SigningTime { begin.advanced(by: seconds) }

    private static func credentials(_ name: String, for seconds: Int?) -> S3Credentials {
        S3Credentials(accessKeyID: name, secretAccessKey: "", sessionToken: "", expiration: seconds.map { begin.advanced(by: $0) })
    }

    private func renewal(with credentials: S3Credentials, jitter: Double = 0) -> CredentialsRenewal {
        var renewal = CredentialsRenewal(at: Self.begin)
        _ = renewal.asked(at: Self.begin)
        #expect(renewal.fetched(credentials, at: Self.begin, jitter: jitter) == .success(credentials))
        return renewal
    }

    @Test func `The first caller starts a fetch, and the others wait for it`() {
        var renewal = CredentialsRenewal(at: Self.begin)
        #expect(renewal.asked(at: Self.begin) == .wait(fetch: true))
        #expect(renewal.asked(at: Self.begin) == .wait(fetch: false))
        #expect(renewal.fetched(Self.hour, at: Self.begin, jitter: 0) == .success(Self.hour))
        #expect(renewal.asked(at: Self.begin) == .use(Self.hour, fetch: false))
    }

    @Test(arguments: [(0.0, 3300), (1.0, 3150)])
    func `New credentials are fetched once, about five minutes before the expiry, while the old ones are used`(jitter: Double, due: Int) {
        var renewal = renewal(with: Self.hour, jitter: jitter)
        #expect(renewal.asked(at: Self.at(due - 1)) == .use(Self.hour, fetch: false))
        #expect(renewal.asked(at: Self.at(due)) == .use(Self.hour, fetch: true))
        #expect(renewal.asked(at: Self.at(due)) == .use(Self.hour, fetch: false))
        let second = Self.credentials("second", for: 7200)
        #expect(renewal.fetched(second, at: Self.at(due), jitter: 0) == .success(second))
        #expect(renewal.asked(at: Self.at(6899)) == .use(second, fetch: false))
    }

    @Test func `Short-lived credentials are used for half of their lifetime`() {
        let short = Self.credentials("short", for: 100)
        var renewal = renewal(with: short, jitter: 1)
        #expect(renewal.asked(at: Self.at(24)) == .use(short, fetch: false))
        #expect(renewal.asked(at: Self.at(25)) == .use(short, fetch: true))
    }

    @Test func `Credentials without an expiry are never replaced`() {
        let endless = Self.credentials("endless", for: nil)
        var renewal = renewal(with: endless)
        #expect(renewal.asked(at: Self.at(1_000_000_000)) == .use(endless, fetch: false))
    }

    @Test func `While fetches fail, the old credentials are used until they expire, and fetches are repeated`() {
        var renewal = renewal(with: Self.hour)
        #expect(renewal.asked(at: Self.at(3300)) == .use(Self.hour, fetch: true))
        #expect(renewal.failed(Self.failure, at: Self.at(3301), jitter: 0) == .success(Self.hour))
        #expect(renewal.asked(at: Self.at(3330)) == .use(Self.hour, fetch: false))
        #expect(renewal.asked(at: Self.at(3331)) == .use(Self.hour, fetch: true))
        #expect(renewal.failed(Self.failure, at: Self.at(3590), jitter: 1) == .success(Self.hour))
        #expect(renewal.asked(at: Self.at(3599)) == .use(Self.hour, fetch: false))
        #expect(renewal.asked(at: Self.at(3600)) == .wait(fetch: true))
        #expect(renewal.failed(Self.failure, at: Self.at(3601), jitter: 0) == .failure(Self.failure))
    }

    @Test func `Without credentials every caller gets the reason, and a fetch is tried once a second, also after a clock was set back`() {
        var renewal = CredentialsRenewal(at: Self.begin)
        _ = renewal.asked(at: Self.begin)
        #expect(renewal.failed(Self.failure, at: Self.begin, jitter: 0) == .failure(Self.failure))
        #expect(renewal.asked(at: Self.begin) == .fail(Self.failure))
        #expect(renewal.asked(at: Self.at(1)) == .wait(fetch: true))
        #expect(renewal.failed(Self.failure, at: Self.at(1), jitter: 0) == .failure(Self.failure))
        #expect(renewal.asked(at: Self.at(-3600)) == .wait(fetch: true))
    }

    @Test func `Credentials that are expired when they arrive are reported as expired`() {
        var renewal = CredentialsRenewal(at: Self.at(3600))
        _ = renewal.asked(at: Self.at(3600))
        guard case .failure(let failure) = renewal.fetched(Self.hour, at: Self.at(3600), jitter: 0) else {
            return #expect(Bool(false), "They were taken.")
        }
        #expect(failure.description.contains("clock"))
        #expect(renewal.asked(at: Self.at(3600)) == .fail(failure))
    }

    @Test func `Credentials that a store refuses are replaced, unless they are new`() {
        var renewal = renewal(with: Self.hour)
        #expect(renewal.refused(Self.hour, at: Self.at(9)) == false)
        #expect(renewal.asked(at: Self.at(9)) == .use(Self.hour, fetch: false))
        #expect(renewal.refused(Self.hour, at: Self.at(10)) == true)
        #expect(renewal.asked(at: Self.at(10)) == .wait(fetch: true))
        // Somebody else, who had used the same, gets the others.
        #expect(renewal.refused(Self.hour, at: Self.at(10)) == true)
        #expect(renewal.asked(at: Self.at(10)) == .wait(fetch: false))
    }
}
