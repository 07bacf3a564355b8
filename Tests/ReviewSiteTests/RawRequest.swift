import Foundation
import Testing

/// Bytes for a port of this machine, exactly as they are, and everything that comes back until the other side closes.
struct RawRequest: Sendable {
    var bytes: [UInt8]
    /// Whether nothing more will come: then the other side need not wait for the rest of an unfinished request.
    var isAll = true
    /// This machine's address from which it comes, as a number.
    var source: UInt32 = 0x7F00_0001

    init(_ text: String, isAll: Bool = true, source: UInt32 = 0x7F00_0001) {
        self.init(Array(text.utf8), isAll: isAll, source: source)
    }

    init(_ bytes: [UInt8], isAll: Bool = true, source: UInt32 = 0x7F00_0001) {
        (self.bytes, self.isAll, self.source) = (bytes, isAll, source)
    }

    /// What came back.
    struct Answer: Sendable {
        var text: String
        /// Of each response, in their order.
        var statuses: [Int] { text.matches(of: /HTTP\/1\.[01] (\d{3})/).compactMap { Int($0.output.1) } }
    }

    func send(to port: Int) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(port) }) }
        }
    }

    private func exchange(_ port: Int) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        defer { close(descriptor) }
        guard Self.at(source, 0, { bind(descriptor, $0, $1) }) == 0, Self.at(0x7F00_0001, port, { connect(descriptor, $0, $1) }) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // The other side may have heard enough.
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        if isAll { shutdown(descriptor, Int32(SHUT_WR)) }
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let got = recv(descriptor, &buffer, buffer.count, 0), got > 0 { all += buffer[..<got] }
        return Answer(text: String(decoding: all, as: UTF8.self))
    }

    /// A port that nobody listens at.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        try #require(at(0x7F00_0001, 0) { bind(descriptor, $0, $1) } == 0)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        try #require(isNamed == 0)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func at(_ number: UInt32, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = number.bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
