import Foundation
import Synchronization

/// One connection through a `PostgresProxy`, pumped by two threads.
final class ProxiedConnection: Sendable {
    private struct Progress {
        /// The proxy's number of the exchange that is under way.
        var exchange: Int?
        /// Where it is to be cut; `nil` once that is done.
        var cut: PostgresProxy.Cut?
        var toServer = 0
        var toClient = 0
        var pumps = 2
    }

    private let client: Int32
    private let server: Int32
    private let proxy: PostgresProxy
    private let progress = Mutex(Progress())
    private let garbler: Mutex<MessageGarbler?>

    init(client: Int32, server: Int32, proxy: PostgresProxy, fault: PostgresProxy.Fault? = nil) {
        self.client = client
        self.server = server
        self.proxy = proxy
        garbler = Mutex(fault.map(MessageGarbler.init))
    }

    /// Passes bytes on in one direction until the connection ends, by itself or by a cut.
    func pump(_ direction: PostgresProxy.Direction) {
        let (from, to) = direction == .toServer ? (client, server) : (server, client)
        var buffer = [UInt8](repeating: 0, count: 65536)
        var isCancel = false
        while case var count = recv(from, &buffer, buffer.count, 0), count > 0 {
            if direction == .toServer, proxy.isCancel(buffer[..<count]) {
                isCancel = true
                proxy.holdCancel()
            }
            if direction == .toClient, let garbled = garble(buffer[..<count]) {
                buffer.replaceSubrange(..<garbled.count, with: garbled)
                count = garbled.count
                if count == 0 { continue }
            }
            if direction == .toServer, buffer[..<count].contains(proxy.first) { beginExchange() }
            let allowed = progress.withLock { Self.allowed(count, direction, &$0) }
            record()
            let isCut = allowed < count || isAtCut(direction)
            // Before the client has the answer, for what it sends then belongs to no exchange.
            if !isCut, direction == .toClient, buffer[..<allowed].contains(proxy.last) { endExchange() }
            var sent = 0
            while sent < allowed {
                let written = buffer[sent..<allowed].withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if written <= 0 { break }
                sent += written
            }
            if isCut {
                // The other direction may have passed the cut on meanwhile, and then it is made once more.
                if progress.withLock({ $0.cut.take() }) != nil { proxy.state.withLock { $0.made += 1 } }
                break
            }
        }
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
        if isCancel { proxy.state.withLock { $0.passedCancels += 1 } }
        let isLast = progress.withLock { progress in
            progress.pumps -= 1
            return progress.pumps == 0
        }
        guard isLast else { return }
        passCutOn()
        proxy.state.withLock { state in
            state.open.subtract([client, server])
            _ = Glibc.close(client)
            _ = Glibc.close(server)
        }
    }

    /// The server's bytes with the connection's fault in them; `nil` if it has none.
    private func garble(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        garbler.withLock { garbler in
            guard garbler != nil else { return nil }
            let garbled = garbler?.garble(bytes)
            if garbler?.isMade == true { proxy.state.withLock { $0.faultIsMade = true } }
            return garbled
        }
    }

    private func beginExchange() {
        garbler.withLock { $0?.isArmed = true }
        passCutOn()
        let (number, cut) = proxy.state.withLock { state in
            state.exchanges.append(.init())
            return (state.exchanges.count - 1, state.cuts.isEmpty ? nil : state.cuts.removeFirst())
        }
        progress.withLock { progress in
            progress.exchange = number
            progress.cut = cut
            progress.toServer = 0
            progress.toClient = 0
        }
    }

    private func endExchange() {
        passCutOn()
        progress.withLock { $0.exchange = nil }
    }

    /// An exchange that was over before its cut, such as one that was rolled back, leaves the cut to a later one.
    private func passCutOn() {
        guard let cut = progress.withLock({ $0.cut.take() }) else { return }
        proxy.state.withLock { $0.cuts.append(cut) }
    }

    /// How many of `count` bytes may pass, which are counted as passed.
    private static func allowed(_ count: Int, _ direction: PostgresProxy.Direction, _ progress: inout Progress) -> Int {
        let passed = direction == .toServer ? progress.toServer : progress.toClient
        var allowed = count
        if let cut = progress.cut, cut.direction == direction { allowed = max(0, min(count, cut.bytes - passed)) }
        if direction == .toServer { progress.toServer += allowed } else { progress.toClient += allowed }
        return allowed
    }

    private func isAtCut(_ direction: PostgresProxy.Direction) -> Bool {
        progress.withLock { progress in
            guard let cut = progress.cut, cut.direction == direction else { return false }
            return (direction == .toServer ? progress.toServer : progress.toClient) >= cut.bytes
        }
    }

    private func record() {
        progress.withLock { progress in
            guard let exchange = progress.exchange else { return }
            let (toServer, toClient) = (progress.toServer, progress.toClient)
            proxy.state.withLock { $0.exchanges[exchange] = .init(toServer: toServer, toClient: toClient) }
        }
    }
}
