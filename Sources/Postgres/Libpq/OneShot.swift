import Dispatch
import Synchronization

/// A value that arrives once, from any thread, for one waiter: a task or a thread.
final class OneShot<Value: Sendable>: Sendable {
    enum Outcome: Sendable {
        case value(Value)
        case timedOut
        case cancelled
    }

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case blocking(DispatchSemaphore)
        case settled(Outcome)
    }

    private let state = Mutex(State.open)

    /// Delivers the value.
    /// - Returns: false when nobody waits for it any more, because the wait timed out, was cancelled, or is over.
    @discardableResult
    func deliver(_ value: Value) -> Bool {
        settle(.value(value))
    }

    /// Waits for the value.
    ///
    /// - Parameters:
    ///   - timeout: How long; nil for as long as it takes.
    ///   - isCancellable: Whether cancelling the task ends the wait.
    func wait(timeout: Duration? = nil, isCancellable: Bool = true) async -> Outcome {
        let timer = timeout.map { timeout in
            Task.detached {
                do { try await Task.sleep(for: timeout) } catch { return }
                self.settle(.timedOut)
            }
        }
        defer { timer?.cancel() }
        guard isCancellable else { return await arrival() }
        return await withTaskCancellationHandler {
            await arrival()
        } onCancel: {
            settle(.cancelled)
        }
    }

    /// Waits on this thread, which must not be one of Swift's cooperative pool.
    /// - Returns: nil when the time is over.
    @available(*, noasync)
    func waitOnThread(timeout: Duration) -> Value? {
        let semaphore = DispatchSemaphore(value: 0)
        let isSettled = state.withLock { state in
            guard case .open = state else { return true }
            state = .blocking(semaphore)
            return false
        }
        if !isSettled { _ = semaphore.wait(timeout: .now() + .nanoseconds(Int(clamping: Int64(timeout / .nanoseconds(1))))) }
        settle(.timedOut)
        return state.withLock { state in if case .settled(.value(let value)) = state { value } else { nil } }
    }

    private func arrival() async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome: Outcome? = state.withLock { state in
                if case .settled(let outcome) = state { return outcome }
                state = .awaited(continuation)
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    @discardableResult
    private func settle(_ outcome: Outcome) -> Bool {
        let previous: State? = state.withLock { state in
            if case .settled = state { return nil }
            defer { state = .settled(outcome) }
            return state
        }
        switch previous {
        case .awaited(let continuation): continuation.resume(returning: outcome)
        case .blocking(let semaphore): semaphore.signal()
        case .open: break
        case .settled, nil: return false
        }
        return true
    }
}
