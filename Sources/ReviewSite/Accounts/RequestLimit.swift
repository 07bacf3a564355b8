internal import FoundationEssentials
internal import Synchronization

/// Counts programs' requests, each token's for itself. What is limited is how busy one program keeps this process, so each process counts
/// alone and nothing is kept in the database; a guess at a password, which ``SignInLimit`` counts, counts wherever it is made.
final class RequestLimit: Sendable {
    private struct Known: Sendable {
        var debts: [Data: RequestPace.Debt] = [:]
        /// Beyond as many, those that owe nothing are forgotten; twice what was left then, so that forgetting costs each request little.
        var bound = 1000
    }

    private let pace: RequestPace
    private let known = Mutex(Known())

    init(_ pace: RequestPace) {
        self.pace = pace
    }

    /// - Parameter token: a valid one, so that whoever makes tokens up takes up no memory here.
    /// - Returns: in how many seconds to ask again; `nil` when the request may go on.
    func count(_ token: SecretToken, at now: ContinuousClock.Instant = .now) -> Int? {
        let hash = token.hash
        let wait = known.withLock { known in
            if known.debts.count >= known.bound {
                known.debts = known.debts.filter { $0.value > now }
                known.bound = max(1000, 2 * known.debts.count)
            }
            return pace.count(&known.debts[hash], at: now)
        }
        return wait.map { Int(($0 / .seconds(1)).rounded(.up)) }
    }

    /// How many tokens are remembered.
    var count: Int { known.withLock(\.debts.count) }
}
