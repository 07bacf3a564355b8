import Foundation
import Synchronization
public import SystemPackage

/// Stands between a client and a PostgreSQL server on Unix sockets, passes bytes on, and cuts connections at a byte. It can also hold back
/// requests to cancel, and garble the server's messages (`PostgresProxy+Garbling.swift`).
///
/// A connection's stream holds exchanges: one begins with each message of the client that holds a certain text and ends with an
/// answer that holds another. Bytes are counted from there in both directions. Threads of its own do the work.
public final class PostgresProxy: Sendable {
    public enum Direction: Hashable, Sendable {
        case toServer, toClient
    }

    /// Passes on `bytes` bytes of an exchange in one direction and then closes both ends.
    public struct Cut: Hashable, Sendable {
        public var direction: Direction
        public var bytes: Int

        public init(_ direction: Direction, after bytes: Int) {
            self.direction = direction
            self.bytes = bytes
        }
    }

    struct State {
        var cuts: [Cut] = []
        var made = 0
        var exchanges: [Exchange] = []
        var isAway = false
        var open: Set<Int32> = []
        /// Each has come, and waits until it is signalled.
        var heldCancels: [DispatchSemaphore] = []
        var holdsCancels = false
        var passedCancels = 0
        var fault: Fault?
        var faultIsMade = false
    }

    /// How many bytes an exchange had in each direction, to its end or its connection's.
    public struct Exchange: Hashable, Sendable {
        public var toServer = 0
        public var toClient = 0
    }

    private let listener: Int32
    private let server: String
    let first: [UInt8]
    let last: [UInt8]
    private let folder: String
    private let original: String
    let state = Mutex(State())

    /// - Parameters:
    ///   - conninfo: of the server, with `host=` its socket folder.
    ///   - folder: an existing folder for the proxy's own socket.
    ///   - first: text in the client's message with which an exchange begins.
    ///   - last: text in the server's answer with which it ends.
    public init(before conninfo: String, in folder: FilePath, from first: String = "BEGIN", to last: String = "COMMIT") throws {
        let words = conninfo.split(separator: " ")
        func value(_ name: String) -> String? {
            words.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard let host = value("host"), let port = value("port") else { throw POSIXError(.EINVAL) }
        server = "\(host)/.s.PGSQL.\(port)"
        original = conninfo
        self.folder = folder.string
        self.first = Array(first.utf8)
        self.last = Array(last.utf8)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0, withAddress("\(folder.string)/.s.PGSQL.\(port)", { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0
        else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// The server's connection string, by way of the proxy.
    public var conninfo: String { "\(original) host=\(folder)" }

    /// Exchanges are cut, one at each of these, in order.
    public func plan(_ cuts: [Cut]) { state.withLock { $0.cuts = cuts } }

    /// How many cuts have been made.
    public var made: Int { state.withLock { $0.made } }

    /// The exchanges so far, cut ones included.
    public var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    /// The server cannot be reached any more: open connections break, new ones are closed at once.
    public func goAway() {
        state.withLock { state in
            state.isAway = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// From now on requests to cancel stay here.
    public func holdCancels() { state.withLock { $0.holdsCancels = true } }

    /// How many requests to cancel are held.
    public var heldCancels: Int { state.withLock { $0.heldCancels.count } }

    /// How many requests to cancel the server has taken.
    public var passedCancels: Int { state.withLock { $0.passedCancels } }

    /// Those that are held go on to the server.
    public func releaseCancels() {
        let held = state.withLock { state in
            defer { state.heldCancels = [] }
            state.holdsCancels = false
            return state.heldCancels
        }
        for cancel in held { cancel.signal() }
    }

    /// And now it can again.
    public func comeBack() { state.withLock { $0.isAway = false } }

    /// Accepts no more, and closes what is open.
    public func close() {
        goAway()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while case let client = Glibc.accept(listener, nil, nil), client >= 0 {
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let isRefused = state.withLock { $0.isAway } || withAddress(server, { connect(upstream, $0, $1) }) != 0
            if isRefused {
                _ = Glibc.close(client)
                _ = Glibc.close(upstream)
                continue
            }
            state.withLock { $0.open.formUnion([client, upstream]) }
            let connection = ProxiedConnection(client: client, server: upstream, proxy: self, fault: takeFault())
            Thread.detachNewThread { connection.pump(.toServer) }
            Thread.detachNewThread { connection.pump(.toClient) }
        }
        _ = Glibc.close(listener)
    }
}

/// Calls `body` with the address of a socket in the file system.
private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}
