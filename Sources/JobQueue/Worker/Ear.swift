import Synchronization

/// Whether notifications arrive at present.
final class Ear: Sendable {
    private let state = Mutex(false)

    var hears: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
