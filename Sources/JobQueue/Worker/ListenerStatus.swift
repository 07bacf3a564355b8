import Synchronization

/// Whether notifications arrive at present, and whether one waits to be acted on.
///
/// Any account of the database may send notifications, as many as it likes. While one waits, further ones change nothing, so a flood of them
/// costs one claim after the other, and no memory.
final class ListenerStatus: Sendable {
    private struct State {
        var isListening = false
        var areSent = true
        var isNotified = false
    }

    private let state = Mutex(State())

    /// Whether this worker has a connection that listens.
    var isListening: Bool {
        get { state.withLock { $0.isListening } }
        set { state.withLock { $0.isListening = newValue } }
    }

    /// Whether the database sends notifications. It sends none while its queue of them is half full.
    var areSent: Bool {
        get { state.withLock { $0.areSent } }
        set { state.withLock { $0.areSent = newValue } }
    }

    /// Whether a notification that somebody makes now would arrive.
    var isTold: Bool { state.withLock { $0.isListening && $0.areSent } }

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
