import Dispatch
import Glibc

/// What to wait for on a socket.
struct SocketInterest: OptionSet {
    let rawValue: Int
    static let read = SocketInterest(rawValue: 1)
    static let write = SocketInterest(rawValue: 2)

    /// The bits are the same for poll(2) and epoll(7).
    var events: Int16 {
        Int16((contains(.read) ? POLLIN : 0) | (contains(.write) ? POLLOUT : 0))
    }

    /// Waits on this thread with poll(2).
    /// - Returns: false when the time is over.
    func poll(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return unsafe Glibc.poll(&entry, 1, milliseconds) != 0
    }
}

/// Waits until a socket is ready, without holding a thread. Once it returns, nothing watches the socket, which may then be closed.
func waitForSocket(
    _ descriptor: Int32, _ interest: SocketInterest, timeout: Duration? = nil, isCancellable: Bool = true
) async -> OneShot<Void>.Outcome {
    if interest.poll(descriptor, milliseconds: 0) { return .value(()) }
    let ready = OneShot<Void>()
    let watch = SocketWatcher.shared.watch(descriptor, interest, ready)
    defer { SocketWatcher.shared.end(watch) }
    return await ready.wait(timeout: timeout, isCancellable: isCancellable)
}

/// For libpq's calls that block: connecting (which looks host names up) and PQcancel.
let blockingCalls = DispatchQueue(label: "dailies.postgres.blocking", attributes: .concurrent)
