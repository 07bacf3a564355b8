import CLibpq
import Dispatch
import Glibc
import Synchronization

/// One thread that waits for the sockets of all connections.
///
/// Every query waits once. A dispatch source for each wait needs several thread switches, which together take longer than a small query. Here
/// a wait needs one switch.
final class SocketWatcher: Sendable {
    static let shared = SocketWatcher()

    /// One wait for one socket.
    struct Watch {
        fileprivate let number: UInt64
        fileprivate let descriptor: Int32
    }

    private struct State {
        var waiting: [UInt64: OneShot<Void>] = [:]
        var lastNumber: UInt64 = 0
    }

    /// The epoll descriptor; -1 when the system has none left.
    private let queue: Int32
    private let state = Mutex(State())

    private init() {
        queue = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard queue >= 0 else { return }
        DispatchQueue(label: "dailies.postgres.sockets").async { self.serve() }
    }

    /// Delivers to `ready` once, when the socket is ready.
    func watch(_ descriptor: Int32, _ interest: SocketInterest, _ ready: OneShot<Void>) -> Watch {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.waiting[state.lastNumber] = ready
            return state.lastNumber
        }
        var event = unsafe epoll_event()
        unsafe event.events = UInt32(interest.events) | EPOLLONESHOT.rawValue
        unsafe event.data.u64 = number
        if unsafe epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event) != 0 {
            // The system has no memory for another watch. A thread polls the socket for a while; then the waiter tries again.
            blockingCalls.async {
                _ = interest.poll(descriptor, milliseconds: 100)
                ready.deliver(())
            }
        }
        return Watch(number: number, descriptor: descriptor)
    }

    /// Ends a watch. Afterwards the descriptor may be reused. An event that is already on its way is ignored.
    func end(_ watch: Watch) {
        epoll_ctl(queue, EPOLL_CTL_DEL, watch.descriptor, nil)
        state.withLock { state in _ = state.waiting.removeValue(forKey: watch.number) }
    }

    private func serve() {
        let most = 64
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: most) { events in
            // Some versions of glibc's headers do not accept `nil`.
            guard let first = events.baseAddress else { return }
            while true {
                let count = unsafe epoll_wait(queue, first, Int32(most), -1)
                for index in 0..<max(0, Int(count)) {
                    let number = unsafe events[index].data.u64
                    state.withLock { state in state.waiting.removeValue(forKey: number) }?.deliver(())
                }
            }
        }
    }
}
