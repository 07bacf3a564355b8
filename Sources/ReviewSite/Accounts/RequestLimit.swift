internal import FoundationEssentials
internal import Synchronization

/// Limits the requests of each token. It limits how busy one program keeps this process, so each process counts separately and nothing is
/// stored in the database. (``SignInLimit`` counts guesses of passwords in the database, so they count together in all processes.)
final class RequestLimit: Sendable {
    private struct Known: Sendable {
        var debts: [Data: RequestRate.Debt] = [:]
        /// With more tokens than this, those that used nothing lately are forgotten. Afterwards this is set to twice the number left, so that
        /// forgetting costs little per request.
        var bound = 1000
    }

    private let rate: RequestRate
    private let known = Mutex(Known())

    init(_ rate: RequestRate) {
        self.rate = rate
    }

    /// - Parameter token: a valid token. Invalid ones must not be passed, because each would use memory.
    /// - Returns: after how many seconds to try again; `nil` when the request is allowed.
    func count(_ token: SecretToken, at now: ContinuousClock.Instant = .now) -> Int? {
        let hash = token.hash
        let wait = known.withLock { known in
            if known.debts.count >= known.bound {
                known.debts = known.debts.filter { $0.value > now }
                known.bound = max(1000, 2 * known.debts.count)
            }
            return rate.count(&known.debts[hash], at: now)
        }
        return wait.map { Int(($0 / .seconds(1)).rounded(.up)) }
    }

    /// The number of tokens in memory.
    var count: Int { known.withLock(\.debts.count) }
}
