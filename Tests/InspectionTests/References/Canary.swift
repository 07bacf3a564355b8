import Glibc
import SystemPackage
import Testing

/// A file and a port that a recording points to. It notices when the file is opened or the port is called.
final class Canary: Sendable {
    struct Failure: Error {
        var errno: Int32
    }

    /// The file. It is a valid recording, so that a program that opened it would use it.
    let path: FilePath
    /// `127.0.0.1:PORT`.
    let address: String
    private let watch: Int32
    private let listener: Int32

    /// - Parameter path: an existing file.
    init(path: FilePath) throws {
        let watch = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard watch >= 0, inotify_add_watch(watch, path.string, UInt32(IN_OPEN | IN_ACCESS)) >= 0 else { throw Failure(errno: errno) }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var here = sockaddr_in()
        here.sin_family = sa_family_t(AF_INET)
        here.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &here) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw Failure(errno: errno) }
        self.path = path
        self.watch = watch
        self.listener = listener
        address = "127.0.0.1:\(UInt16(bigEndian: here.sin_port))"
    }

    deinit {
        close(watch)
        close(listener)
    }

    /// Whether a process opened the file or called the port since the last call of this function.
    func wasTouched() -> Bool {
        var events = [UInt8](repeating: 0, count: 4096)
        let isOpened = read(watch, &events, events.count) > 0
        let caller = accept(listener, nil, nil)
        if caller >= 0 { close(caller) }
        return isOpened || caller >= 0
    }
}
