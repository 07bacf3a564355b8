import Foundation
import Synchronization

/// Stands between a client and an S3 server, passes requests on, one on each connection, and spoils those that it is told to. Threads of
/// its own do the work.
public final class FaultyStore: Sendable {
    /// What happens to one request.
    public indirect enum Fault: Sendable {
        /// It goes through.
        case pass
        /// It is taken, and never answered.
        case hang
        /// The answer is this, and the server hears nothing of it.
        case answer(_ status: Int, code: String?, date: String? = nil)
        /// Only so many bytes of its body are passed on before both connections break.
        case cutRequest(after: Int)
        /// The server does what it was asked for, and the answer is lost.
        case loseAnswer
        /// Only so many bytes of the answer's body are passed on before both connections break.
        case cutAnswer(after: Int)
        /// The answer announces so many bytes more (or fewer) than its body has.
        case misannounce(by: Int)
        /// The answer's body comes in pieces of so many bytes, one in a tenth of a second.
        case drip(Int)
        /// The last byte of the answer's body is another one.
        case corrupt
        /// The last byte of the request's body is another one.
        case corruptRequest
        /// This is done first, while the client waits.
        case after(@Sendable () -> Void, Fault)
        /// The answer is this, and the server hears nothing of it. Each header is a line.
        case reply(_ status: Int, headers: [String] = [], body: String = "")
        /// This header of the answer has another value, or is missing.
        case header(_ name: String, _ value: String?)
        /// The answer announces no length, and its body has so many bytes more (or fewer).
        case unannounced(more: Int)
        /// Only so many bytes of the answer's body are passed on before the connection is reset.
        case reset(after: Int)
    }

    /// A request that came by.
    public struct Request: Sendable {
        public var method: String
        public var target: String
        /// Lower-case names.
        public var headers: [String: String]
    }

    private struct State {
        var faults: [(method: String, fault: Fault)] = []
        var requests: [Request] = []
        var listener: PlainSocket?
        var open: [Int32: PlainSocket] = [:]
    }

    public let port: Int
    private let server: Int
    private let state = Mutex(State())

    /// - Parameter port: the server's.
    public init(before port: Int) throws {
        server = port
        let (listener, own) = try PlainSocket.listen(port: 0)
        self.port = own
        state.withLock { $0.listener = listener }
        Thread.detachNewThread { [self] in accept(at: listener) }
    }

    public var endpoint: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, in order.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// The next requests of that method get these faults, one each, in order.
    public func spoil(_ method: String, _ faults: Fault...) {
        state.withLock { state in state.faults += faults.map { (method, $0) } }
    }

    /// Requests to come get no faults.
    public func forgetFaults() { state.withLock { $0.faults = [] } }

    /// How many connections of clients are open.
    public var connections: Int { state.withLock { $0.open.count } }

    /// Whether all faults have happened.
    public var isThrough: Bool { state.withLock { $0.faults.isEmpty } }

    /// Nobody listens any more: connections are refused, and those that are open break.
    public func goAway() {
        state.withLock { state in
            state.listener?.end()
            state.listener = nil
            for socket in state.open.values { socket.end() }
        }
    }

    public func comeBack() throws {
        let (listener, _) = try PlainSocket.listen(port: port)
        state.withLock { $0.listener = listener }
        Thread.detachNewThread { [self] in accept(at: listener) }
    }

    private func accept(at listener: PlainSocket) {
        while let client = listener.accept() {
            state.withLock { $0.open[client.descriptor] = client }
            Thread.detachNewThread { [self] in
                if case .reset = serve(client) {} else { client.end() }
                state.withLock { $0.open[client.descriptor] = nil }
                client.close()
            }
        }
        listener.close()
    }

    /// - Returns: What was done to the request.
    private func serve(_ client: PlainSocket) -> Fault? {
        var received: [UInt8] = []
        while HTTPHead.split(received).head.isEmpty {
            let piece = client.read()
            guard !piece.isEmpty else { return nil }
            received += piece
        }
        let (head, body) = HTTPHead.split(received)
        let request = Request(head)
        let fault: Fault? = state.withLock { state in
            state.requests.append(request)
            guard let index = state.faults.firstIndex(where: { $0.method == request.method }) else { return nil }
            return state.faults.remove(at: index).fault
        }
        Exchange(client: client, server: server, head: head, request: request, begun: Array(body)).run(fault)
        return fault
    }
}

extension FaultyStore.Request {
    fileprivate init(_ head: String) {
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        self.init(method: words.first.map(String.init) ?? "", target: words.dropFirst().first.map(String.init) ?? "", headers: [:])
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
    }
}

/// One request and its answer.
private struct Exchange {
    let client: PlainSocket
    let server: Int
    let head: String
    let request: FaultyStore.Request
    /// What came of the body together with the head.
    let begun: [UInt8]

    private var length: Int { request.headers["content-length"].flatMap { Int($0) } ?? 0 }

    func run(_ fault: FaultyStore.Fault?) {
        switch fault {
        case .after(let act, let rest):
            act()
            run(rest)
        case .hang:
            while !client.read().isEmpty {}
        case .answer(let status, let code, let date):
            _ = takeBody(length) { _ in true }
            let text = code.map { "<?xml version=\"1.0\"?><Error><Code>\($0)</Code><Message>By order of a test.</Message></Error>" } ?? ""
            let shown = request.method == "HEAD" ? "" : text
            client.write(
                "HTTP/1.1 \(status) Fault\r\n\(date.map { "Date: \($0)\r\n" } ?? "")Content-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(shown)"
                    .utf8)
        case .reply(let status, let headers, let text):
            _ = takeBody(length) { _ in true }
            let shown = request.method == "HEAD" ? "" : text
            let lines = ["HTTP/1.1 \(status) Fault"] + headers + ["Content-Length: \(text.utf8.count)", "Connection: close", "", shown]
            client.write(lines.joined(separator: "\r\n").utf8)
        default:
            guard let upstream = try? PlainSocket.connect(port: server) else { return }
            defer { upstream.close() }
            pass(on: upstream, fault)
        }
    }

    private func pass(on upstream: PlainSocket, _ fault: FaultyStore.Fault?) {
        upstream.write("\(head)\r\nConnection: close\r\n\r\n".utf8)
        if case .cutRequest(let most) = fault {
            _ = takeBody(most) { upstream.write($0) }
            upstream.end()
            return
        }
        var rest = length
        let isSent = takeBody(length) { piece in
            rest -= piece.count
            guard case .corruptRequest = fault, rest == 0, let last = piece.last else { return upstream.write(piece) }
            return upstream.write(piece.dropLast() + [last ^ 0xFF])
        }
        guard isSent else { return }
        var received: [UInt8] = []
        while case let piece = upstream.read(), !piece.isEmpty { received += piece }
        if case .loseAnswer = fault { return }
        let (answer, content) = HTTPHead.split(received)
        var body = Array(content)
        var lines = answer.components(separatedBy: "\r\n").filter { !$0.lowercased().hasPrefix("connection:") }
        if case .misannounce(let change) = fault, let index = lines.firstIndex(where: { $0.lowercased().hasPrefix("content-length:") }) {
            lines[index] = "Content-Length: \(body.count + change)"
        }
        let changed: (name: String, value: String?)? =
            switch fault {
            case .header(let name, let value): (name, value)
            case .unannounced: ("Content-Length", nil)
            default: nil
            }
        if let changed {
            lines.removeAll { $0.lowercased().hasPrefix("\(changed.name.lowercased()):") }
            if let value = changed.value { lines.append("\(changed.name): \(value)") }
        }
        if case .corrupt = fault, !body.isEmpty { body[body.count - 1] ^= 0xFF }
        client.write((lines + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8)
        switch fault {
        case .cutAnswer(let most): client.write(body.prefix(most))
        case .reset(let most):
            client.write(body.prefix(most))
            client.resetsAtClose()
        case .unannounced(let more): client.write(body.prefix(body.count + min(more, 0)) + [UInt8](repeating: 0, count: max(more, 0)))
        case .drip(let size):
            var rest = body[...]
            while !rest.isEmpty, client.write(rest.prefix(size)), !client.awaitsEnd(milliseconds: 100) { rest = rest.dropFirst(size) }
        case .misannounce(let change) where change < 0: client.write(body.dropLast(-change))
        default: client.write(body)
        }
    }

    /// Takes so many bytes of the request's body, piece by piece.
    private func takeBody(_ count: Int, _ each: (ArraySlice<UInt8>) -> Bool) -> Bool {
        var taken = 0
        var piece = begun
        while true {
            let part = piece.prefix(count - taken)
            if !part.isEmpty, !each(part) { return false }
            taken += part.count
            if taken >= count { return true }
            piece = client.read()
            if piece.isEmpty { return false }
        }
    }
}
