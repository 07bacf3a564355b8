import Synchronization

/// The claims that a worker knows it has, so that it can tell them from those that the database believes it has.
final class HeldClaims: Sendable {
    private let ids = Mutex<Set<Int64>>([])

    func add(_ claims: [JobClaim]) {
        ids.withLock { $0.formUnion(claims.map(\.id)) }
    }

    func remove(_ claim: JobClaim) {
        ids.withLock { _ = $0.remove(claim.id) }
    }

    var all: [Int64] { ids.withLock { Array($0) } }
}
