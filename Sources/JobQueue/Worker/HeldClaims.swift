import Synchronization

/// The claims that a worker has, each with the task that works on it: from the moment the database gave it until its result is
/// written there. So the worker can stop a single job, and can tell what it holds from what the database believes it holds.
final class HeldClaims: Sendable {
    private struct Entry {
        var kind: String
        var task: Task<Void, Never>
        var request: StopRequest?
    }

    private struct State {
        var entries: [Int64: Entry] = [:]
        /// How many jobs of what was claimed together are still here, by row.
        var open: [Int64: Int] = [:]
        /// Rows with none.
        var done: [Int64] = []
        /// Until then the database may believe that the worker holds what it does not know of.
        var mayHoldMore = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let patience: Duration

    /// - Parameter lease: what the database alone believes in is given back once it is as old as that.
    init(lease: Duration) { patience = lease * 3 }

    /// Starts to work on claims, each in a task of its own.
    /// - Parameter work: ends by handing the claim's resolution on; the entry stays until ``remove(_:isSettled:)``.
    func start(_ claims: [JobClaim], _ work: @escaping @Sendable (JobClaim) async -> Void) {
        state.withLock { state in
            for claim in claims {
                state.entries[claim.id] = Entry(kind: claim.kind, task: Task { await work(claim) })
                state.open[claim.row, default: 0] += 1
            }
        }
    }

    /// Stops the jobs that are here; others are none of this worker's business. Doing it again changes nothing.
    func stop(_ requests: [StopRequest]) {
        for request in requests {
            let task = state.withLock { state in
                state.entries[request.job]?.request = request
                return state.entries[request.job]?.task
            }
            task?.cancel()
        }
    }

    /// The wish that stopped a job, if one did.
    func stopRequest(for job: Int64) -> StopRequest? { state.withLock { $0.entries[job]?.request } }

    func cancelAll() {
        for task in state.withLock({ $0.entries.values.map(\.task) }) { task.cancel() }
    }

    /// Lets go of claims.
    /// - Parameter isSettled: the database knows that they are over; of others it will find out by itself.
    func remove(_ claims: some Sequence<JobClaim>, isSettled: Bool) {
        state.withLock { state in
            for claim in claims {
                state.entries[claim.id] = nil
                if !isSettled { state.mayHoldMore = .now + patience }
                guard isSettled, let left = state.open[claim.row] else { continue }
                state.open[claim.row] = left > 1 ? left - 1 : nil
                if left == 1 { state.done.append(claim.row) }
            }
        }
    }

    /// Takes note of a claim whose answer never came: jobs may have been given.
    func missedAnswer() { state.withLock { $0.mayHoldMore = .now + patience } }

    /// Whether the database has, or may have, claims of this worker.
    var isConcerned: Bool { state.withLock { !$0.entries.isEmpty || !$0.done.isEmpty || $0.mayHoldMore > .now } }

    var ids: [Int64] { state.withLock { Array($0.entries.keys) } }

    func count(of kinds: Set<String>) -> Int { state.withLock { $0.entries.values.count { kinds.contains($0.kind) } } }

    /// The rows of claims with all of whose jobs the worker is done, each once.
    func takeDone() -> [Int64] {
        state.withLock { state in
            defer { state.done = [] }
            return state.done
        }
    }
}
