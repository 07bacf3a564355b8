import Synchronization

/// The claims that one worker works on, so that a single one can be stopped.
final class RunningClaims: Sendable {
    private struct Entry {
        var request: StopRequest?
        var cancel: @Sendable () -> Void
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    /// Runs `work` in a task of its own that ``stop(_:)`` and the caller's cancellation cancel.
    /// - Returns: what `work` returned, and the wish that stopped it, if one did.
    func run<Value: Sendable>(_ job: Int64, _ work: @escaping @Sendable () async -> Value) async -> (Value, StopRequest?) {
        let task = Task { await work() }
        entries.withLock { $0[job] = Entry(cancel: { task.cancel() }) }
        let value = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return (value, entries.withLock { $0.removeValue(forKey: job)?.request })
    }

    /// Stops the jobs that are here; others are none of this worker's business. Doing it again changes nothing.
    func stop(_ requests: [StopRequest]) {
        for request in requests {
            let cancel = entries.withLock { entries -> (@Sendable () -> Void)? in
                guard entries[request.job] != nil else { return nil }
                entries[request.job]?.request = request
                return entries[request.job]?.cancel
            }
            cancel?()
        }
    }
}
