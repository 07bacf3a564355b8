import Synchronization

/// The claims that a worker has, each with the task that works on it: from the moment the database gave it until its result is
/// written there. So the worker can stop a single job, and can tell what it holds from what the database believes it holds.
final class HeldClaims: Sendable {
    private struct Entry {
        var task: Task<Void, Never>
        var request: StopRequest?
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    /// Starts to work on claims, each in a task of its own.
    /// - Parameter work: ends by handing the claim's resolution on; the entry stays until ``remove(_:)``.
    func start(_ claims: [JobClaim], _ work: @escaping @Sendable (JobClaim) async -> Void) {
        entries.withLock { entries in
            for claim in claims { entries[claim.id] = Entry(task: Task { await work(claim) }) }
        }
    }

    /// Stops the jobs that are here; others are none of this worker's business. Doing it again changes nothing.
    func stop(_ requests: [StopRequest]) {
        for request in requests {
            let task = entries.withLock { entries in
                entries[request.job]?.request = request
                return entries[request.job]?.task
            }
            task?.cancel()
        }
    }

    /// The wish that stopped a job, if one did.
    func stopRequest(for job: Int64) -> StopRequest? { entries.withLock { $0[job]?.request } }

    func cancelAll() {
        for task in entries.withLock({ $0.values.map(\.task) }) { task.cancel() }
    }

    func remove(_ claims: some Sequence<JobClaim>) {
        entries.withLock { entries in
            for claim in claims { entries[claim.id] = nil }
        }
    }

    var ids: [Int64] { entries.withLock { Array($0.keys) } }
}
