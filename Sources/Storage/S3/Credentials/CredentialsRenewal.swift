/// Decides when credentials are used and when new ones are fetched. A pure value: time and random numbers are arguments.
struct CredentialsRenewal: Sendable {
    /// What to do for a caller that needs credentials.
    enum Step: Sendable, Hashable {
        /// Use these, which are valid. A fetch of new ones may be due already, so that nobody waits for it later.
        case use(S3Credentials, fetch: Bool)
        /// Wait: there are no valid credentials. A fetch is running or has to start now.
        case wait(fetch: Bool)
        /// Fail: there are no valid credentials, and the latest fetch failed a moment ago.
        case fail(CredentialsFailure)
    }

    /// How many seconds before their expiry new credentials are fetched; at most half of their lifetime. Amazon has new ones five minutes before.
    static let lead = 300
    /// If a store refuses credentials that are younger than this many seconds, a new fetch does not help.
    private static let settled = 10

    private var held: S3Credentials?
    private var since: SigningTime?
    private var isFetching = false
    /// `nil` for never.
    private var next: SigningTime?
    private var failure: CredentialsFailure?

    /// Nothing was fetched yet.
    init(at now: SigningTime) { next = now }

    mutating func asked(at now: SigningTime) -> Step {
        let isDue = !isFetching && next.map { $0 <= now } ?? false
        if let held, held.hold(at: now) {
            if isDue { isFetching = true }
            return .use(held, fetch: isDue)
        }
        if isFetching { return .wait(fetch: false) }
        // Also when the clock was set back, which would make the wait too long.
        let isSoon = next.map { $0.secondsSince1970 - now.secondsSince1970 <= Self.pause.upperBound } ?? false
        if let failure, !isDue, isSoon { return .fail(failure) }
        isFetching = true
        return .wait(fetch: true)
    }

    /// - Parameter jitter: From 0 to 1, at random, so that workers that started together do not come together.
    /// - Returns: The result for the callers that waited.
    mutating func fetched(_ credentials: S3Credentials, at now: SigningTime, jitter: Double) -> Result<S3Credentials, CredentialsFailure> {
        guard credentials.hold(at: now) else {
            let failure = CredentialsFailure("The credentials had expired already when they came. Set this machine's clock.")
            return failed(failure, at: now, jitter: jitter)
        }
        (held, since, isFetching, failure) = (credentials, now, false, nil)
        next = credentials.expiration.map { expiration in
            let lead = min(Self.lead, (expiration.secondsSince1970 - now.secondsSince1970) / 2)
            return expiration.advanced(by: -Int(Double(lead) * (1 + jitter / 2)))
        }
        return .success(credentials)
    }

    /// Credentials that are still valid stay in use.
    /// - Returns: The result for the callers that waited.
    mutating func failed(
        _ failure: CredentialsFailure, at now: SigningTime, jitter: Double
    ) -> Result<S3Credentials, CredentialsFailure> {
        (self.failure, isFetching) = (failure, false)
        func time(_ pause: ClosedRange<Int>) -> SigningTime {
            now.advanced(by: pause.lowerBound + Int(jitter * Double(pause.upperBound - pause.lowerBound)))
        }
        guard let held, held.hold(at: now) else {
            next = time(Self.pause)
            return .failure(failure)
        }
        next = [time(Self.patientPause), held.expiration].compactMap(\.self).min()
        return .success(held)
    }

    /// Records that a store refused these credentials.
    /// - Returns: Whether there are newer ones, or a new fetch may help.
    mutating func refused(_ credentials: S3Credentials, at now: SigningTime) -> Bool {
        guard held == credentials else { return true }
        let age = since.map { now.secondsSince1970 - $0.secondsSince1970 } ?? 0
        guard age < 0 || age >= Self.settled else { return false }
        (held, next) = (nil, now)
        return true
    }

    /// Seconds between two fetches: without valid credentials, and with valid ones.
    private static let pause = 1...2
    private static let patientPause = 30...60
}
