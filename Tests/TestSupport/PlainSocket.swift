import Foundation

/// A blocking TCP socket on this machine.
struct PlainSocket: Sendable {
    let descriptor: Int32

    static func connect(port: Int) throws -> PlainSocket {
        let socket = PlainSocket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        guard socket.descriptor >= 0, withAddress(port, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
            socket.close()
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return socket
    }

    /// - Parameter port: 0 takes a free one.
    static func listen(port: Int) throws -> (PlainSocket, port: Int) {
        let socket = PlainSocket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var yes: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withAddress(port, { bind(socket.descriptor, $0, $1) }) == 0, Glibc.listen(socket.descriptor, 64) == 0,
            withUnsafeMutablePointer(
                to: &bound, { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.descriptor, $0, &length) } }) == 0
        else {
            socket.close()
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return (socket, Int(UInt16(bigEndian: bound.sin_port)))
    }

    /// `nil` when there is nothing more to accept.
    func accept() -> PlainSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted < 0 ? nil : PlainSocket(descriptor: accepted)
    }

    /// Empty at the end, also at a broken one.
    func read(atMost count: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &buffer, count, 0)
        return got > 0 ? Array(buffer[..<got]) : []
    }

    /// - Returns: Whether the other side took all of it.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>) -> Bool {
        var rest = ArraySlice(Array(bytes))
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Waits until the other side goes away, or so many milliseconds.
    /// - Returns: Whether it has gone.
    func awaitsEnd(milliseconds: Int32) -> Bool {
        var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wish, 1, milliseconds) > 0
    }

    /// Closing it breaks the connection off, in place of ending it.
    func resetsAtClose() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Ends it for both sides, while others may still use the descriptor.
    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { _ = Glibc.close(descriptor) }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
