import Synchronization

/// Whether notifications arrive at present, and whether one waits to be acted on.
///
/// Any account of the database may send notifications, as many as it likes. While one waits, further ones change nothing, so a flood of them
/// costs one claim after the other, and no memory.
final class ListenerStatus: Sendable {
    private struct State {
        var isListening = false
        var isNotified = false
    }

    private let state = Mutex(State())

    var isListening: Bool {
        get { state.withLock { $0.isListening } }
        set { state.withLock { $0.isListening = newValue } }
    }

    /// Records a notification.
    /// - Returns: whether it is the first since ``takeNotification()``, so that it has to be passed on.
    func notify() -> Bool {
        state.withLock { state in
            defer { state.isNotified = true }
            return !state.isNotified
        }
    }

    /// Records that the notification is being acted on: a later one may be about something new.
    func takeNotification() { state.withLock { $0.isNotified = false } }
}
