import Synchronization

/// Whether notifications arrive at present.
final class ListenerStatus: Sendable {
    private let state = Mutex(false)

    var isListening: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
