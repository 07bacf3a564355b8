import ForeignText
import FoundationEssentials
import Glibc

/// Reports the daemon's state to systemd, in the protocol of `sd_notify(3)`: a datagram to the socket that `NOTIFY_SOCKET` names. Without
/// that variable, or if nobody listens there, it does nothing.
struct ServiceManager: Sendable {
    private let socket: String?
    /// The longest time between two watchdog messages that systemd allows; `nil` without a watchdog.
    let watchdogInterval: Duration?

    /// - Parameter environment: of this process; `WATCHDOG_USEC` counts only when `WATCHDOG_PID` is absent or this process.
    init(environment: [String: String], process: pid_t = getpid()) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.begins(with: "/") || $0.begins(with: "@") ? $0 : nil }
        let isMine = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        watchdogInterval = isMine ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// - Parameter status: for `systemctl status`, one line.
    func isReady(_ status: String) {
        // What follows a line's end would be another message.
        let line = String(decoding: status.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
        send("READY=1\nSTATUS=\(line)")
    }
    func isStopping() { send("STOPPING=1") }
    func isAlive() { send("WATCHDOG=1") }

    /// `Type=notify-reload` waits for this, with the time, and for `isReady` afterwards.
    func isReloading() {
        // On Linux that is CLOCK_MONOTONIC, which systemd asks for.
        send("RELOADING=1\nMONOTONIC_USEC=\(Int(ProcessInfo.processInfo.systemUptime * 1_000_000))")
    }

    private func send(_ message: String) {
        guard let socket else { return }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A leading @ stands for the zero byte of an abstract name.
        let path = Array(socket.utf8).enumerated().map { $0 == 0 && $1 == UInt8(ascii: "@") ? 0 : $1 }
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
