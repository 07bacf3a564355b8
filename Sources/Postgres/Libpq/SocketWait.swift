import Dispatch
import Glibc

/// What to wait for on a socket.
struct SocketInterest: OptionSet {
    let rawValue: Int
    static let read = SocketInterest(rawValue: 1)
    static let write = SocketInterest(rawValue: 2)

    private var pollEvents: Int16 {
        Int16((contains(.read) ? POLLIN : 0) | (contains(.write) ? POLLOUT : 0))
    }

    /// Waits on this thread with poll(2).
    /// - Returns: false when the time is over.
    func poll(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: pollEvents, revents: 0)
        return unsafe Glibc.poll(&entry, 1, milliseconds) != 0
    }
}

/// Waits until a socket is ready, without holding a thread.
///
/// The sources live only as long as the wait: it ends after their cancel handlers have run, so the socket may be closed right
/// afterwards.
func waitForSocket(
    _ descriptor: Int32, _ interest: SocketInterest, timeout: Duration? = nil, heedsCancellation: Bool = true
) async -> OneShot<Void>.Outcome {
    if interest.poll(descriptor, milliseconds: 0) { return .value(()) }

    let ready = OneShot<Void>()
    let released = OneShot<Void>()
    let sources = DispatchGroup()
    var cancels: [() -> Void] = []
    func watch(_ source: some DispatchSourceProtocol) {
        sources.enter()
        source.setEventHandler { ready.deliver(()) }
        source.setCancelHandler { sources.leave() }
        source.activate()
        cancels.append(source.cancel)
    }
    if interest.contains(.read) { watch(DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: socketQueue)) }
    if interest.contains(.write) { watch(DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: socketQueue)) }

    let outcome = await ready.wait(timeout: timeout, heedsCancellation: heedsCancellation)
    for cancel in cancels { cancel() }
    sources.notify(queue: socketQueue) { released.deliver(()) }
    _ = await released.wait(heedsCancellation: false)
    return outcome
}

/// Its handlers only hand events on, so one thread serves all connections.
private let socketQueue = DispatchQueue(label: "dailies.postgres.sockets")

/// For libpq's calls that block: connecting (which looks host names up) and PQcancel.
let blockingCalls = DispatchQueue(label: "dailies.postgres.blocking", attributes: .concurrent)
