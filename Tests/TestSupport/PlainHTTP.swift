public import Foundation

/// The smallest HTTP client, for asking test servers on this machine.
public enum PlainHTTP {
    public struct Answer: Sendable {
        public var status: Int
        /// As it came.
        public var head: String
        public var body: Data

        /// - Parameter name: in any case.
        public func header(_ name: String) -> String? {
            head.split(separator: "\r\n").dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    /// - Parameter target: path and query.
    public static func get(_ target: String, port: Int, headers: [String: String] = [:]) async throws -> Answer {
        try await ask("GET", target, port: port, headers: headers)
    }

    /// Asks for the head only.
    public static func head(_ target: String, port: Int, headers: [String: String] = [:]) async throws -> Answer {
        try await ask("HEAD", target, port: port, headers: headers)
    }

    private static func ask(_ method: String, _ target: String, port: Int, headers: [String: String]) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try ask(method, target, port, headers) })
            }
        }
    }

    private static func ask(_ method: String, _ target: String, _ port: Int, _ headers: [String: String]) throws -> Answer {
        let socket = try PlainSocket.connect(port: port)
        defer { socket.close() }
        let more = headers.map { "\($0): \($1)\r\n" }.joined()
        socket.write("\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(more)Connection: close\r\n\r\n".utf8)
        var whole: [UInt8] = []
        while case let piece = socket.read(), !piece.isEmpty { whole += piece }
        let parts = HTTPHead.split(whole)
        guard let status = parts.head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw POSIXError(.EBADMSG) }
        return Answer(status: status, head: parts.head, body: Data(parts.rest))
    }
}

/// Where the head of an HTTP message ends.
enum HTTPHead {
    /// The head without its empty line, and what follows; an empty head when it has not ended yet.
    static func split(_ bytes: [UInt8]) -> (head: String, rest: ArraySlice<UInt8>) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return ("", bytes[...]) }
        return (String(decoding: bytes[..<end.lowerBound], as: UTF8.self), bytes[end.upperBound...])
    }
}
