import Synchronization

/// The claims that a worker holds, each with the task that works on it. A claim is here from the moment it is received until its result
/// is written. With this the worker can stop a single job, and can find jobs that the database counts as the worker's by mistake.
final class HeldClaims: Sendable {
    private struct Entry {
        var claim: JobClaim
        var task: Task<Void, Never>
        var request: StopRequest?
    }

    private struct State {
        var entries: [Int64: Entry] = [:]
        /// How many jobs of each row of `dailies.claims` are still here.
        var open: [Int64: Int] = [:]
        /// Rows whose jobs have all ended.
        var done: [Int64] = []
        /// Until then the database may count jobs as this worker's that the worker does not know.
        var mayHoldMore = ContinuousClock.now

        /// No two claims of one job are received in the same instant.
        func holds(_ claim: JobClaim) -> Bool { entries[claim.id]?.claim.received == claim.received }
    }

    private let state = Mutex(State())
    private let patience: Duration

    /// - Parameter lease: jobs that only the database counts as this worker's are put back when their claim is older than the lease.
    init(lease: Duration) { patience = lease * 3 }

    /// Starts to work on claims, each in its own task. A job that is here already was claimed again, with the same attempt, because the
    /// database lost the earlier claim in a crash. The earlier work is stopped, and ``isHeld(_:)`` is false for its claim.
    /// - Parameter work: passes the claim's resolution on when it ends. The claim stays here until ``remove(_:isSettled:)``.
    func start(_ claims: [JobClaim], _ work: @escaping @Sendable (JobClaim) async -> Void) {
        state.withLock { state in
            for claim in claims {
                state.entries[claim.id]?.task.cancel()
                state.entries[claim.id] = Entry(claim: claim, task: Task { await work(claim) })
                state.open[claim.row, default: 0] += 1
            }
        }
    }

    /// Whether the claim is here, and not another one of the same job.
    func isHeld(_ claim: JobClaim) -> Bool { state.withLock { $0.holds(claim) } }

    /// Stops the requested jobs that are here, and ignores other requests. Repeating it changes nothing.
    func stop(_ requests: [StopRequest]) {
        for request in requests {
            let task = state.withLock { state in
                state.entries[request.job]?.request = request
                return state.entries[request.job]?.task
            }
            task?.cancel()
        }
    }

    /// The request that stopped a job; `nil` if none did.
    func stopRequest(for job: Int64) -> StopRequest? { state.withLock { $0.entries[job]?.request } }

    func cancelAll() {
        for task in state.withLock({ $0.entries.values.map(\.task) }) { task.cancel() }
    }

    /// Removes claims.
    /// - Parameter isSettled: whether the database knows that they have ended. If not, it will find out through maintenance.
    func remove(_ claims: some Sequence<JobClaim>, isSettled: Bool) {
        state.withLock { state in
            for claim in claims {
                if state.holds(claim) { state.entries[claim.id] = nil }
                if !isSettled { state.mayHoldMore = .now + patience }
                guard isSettled, let left = state.open[claim.row] else { continue }
                state.open[claim.row] = left > 1 ? left - 1 : nil
                if left == 1 { state.done.append(claim.row) }
            }
        }
    }

    /// Records that the answer to a claim was lost: the database may have given this worker jobs.
    func lostClaimAnswer() { state.withLock { $0.mayHoldMore = .now + patience } }

    /// Whether the database has, or may have, claims of this worker.
    var mayHoldClaims: Bool { state.withLock { !$0.entries.isEmpty || !$0.done.isEmpty || $0.mayHoldMore > .now } }

    var ids: [Int64] { state.withLock { Array($0.entries.keys) } }

    func count(of kinds: Set<String>) -> Int { state.withLock { $0.entries.values.count { kinds.contains($0.claim.kind) } } }

    /// Returns each row of `dailies.claims` whose jobs have all ended, once.
    func takeDone() -> [Int64] {
        state.withLock { state in
            defer { state.done = [] }
            return state.done
        }
    }
}
