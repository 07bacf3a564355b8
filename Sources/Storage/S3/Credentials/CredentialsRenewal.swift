/// When credentials are used, fetched anew and given up. Pure: time and chance are arguments.
struct CredentialsRenewal: Sendable {
    /// What is to be done for somebody who needs credentials.
    enum Step: Sendable, Hashable {
        /// They hold. Others may be due all the same, so that nobody waits for them later.
        case use(S3Credentials, fetch: Bool)
        /// There are none that hold, and somebody asks already, or is to ask now.
        case wait(fetch: Bool)
        /// There are none, and it was tried a moment ago.
        case fail(CredentialsFailure)
    }

    /// So many seconds before they expire, others are fetched; half of their time when that is less. Amazon has others five minutes before.
    static let lead = 300
    /// Ones that a store refuses are worth asking for others only when they are as many seconds old.
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
        // A clock that was set back makes a moment of an hour.
        let isSoon = next.map { $0.secondsSince1970 - now.secondsSince1970 <= Self.pause.upperBound } ?? false
        if let failure, !isDue, isSoon { return .fail(failure) }
        isFetching = true
        return .wait(fetch: true)
    }

    /// - Parameter jitter: From 0 to 1, at random, so that workers that started together do not come together.
    /// - Returns: What those get who waited.
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

    /// What is held stays as long as it holds.
    /// - Returns: What those get who waited.
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

    /// A store did not take these.
    /// - Returns: Whether others are there, or worth asking for.
    mutating func refused(_ credentials: S3Credentials, at now: SigningTime) -> Bool {
        guard held == credentials else { return true }
        let age = since.map { now.secondsSince1970 - $0.secondsSince1970 } ?? 0
        guard age < 0 || age >= Self.settled else { return false }
        (held, next) = (nil, now)
        return true
    }

    /// In seconds, between two tries while nothing holds, and while something does.
    private static let pause = 1...2
    private static let patientPause = 30...60
}
