internal import NIOCore
internal import Synchronization

/// Watches one transfer, and closes its connection when the reader takes next to nothing of what it could take. Hummingbird's limit for idle
/// connections does not count while a response is being sent.
final class ReaderWatch: Sendable {
    private struct State {
        /// The bytes that were handed to the connection.
        var handed = 0
        /// Those of them that had left it when it was last looked at.
        var left = 0
    }

    private let channel: any Channel
    private let limits: MediaLimits
    private let state = Mutex(State())

    init(_ channel: any Channel, _ limits: MediaLimits) {
        self.channel = channel
        self.limits = limits
    }

    /// Watches until the returned task is cancelled.
    func begin() -> RepeatedTask {
        channel.eventLoop.scheduleRepeatedTask(initialDelay: limits.patience, delay: limits.patience) { [self] _ in look() }
    }

    /// So many bytes are about to be handed to the connection.
    func hands(_ bytes: Int) { state.withLock { $0.handed += bytes } }

    private func look() {
        guard let waiting = try? channel.syncOptions?.getOption(.bufferedWritableBytes) else { return }
        let isStalled = state.withLock { state in
            let left = state.handed - waiting
            defer { state.left = left }
            return waiting > 0 && left - state.left < limits.least
        }
        // The one who writes hears of it by an error.
        if isStalled { channel.close(promise: nil) }
    }
}
