import Synchronization

/// Whether notifications arrive at present.
final class ListenerStatus: Sendable {
    private struct State {
        var isListening = false
        var areSent = true
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
}
