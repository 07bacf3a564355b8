import Glibc

/// Looking at processes from outside.
enum Processes {
    /// Where a link of `/proc` points; `nil` when there is none, or this user may not read it.
    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink(path, &buffer, buffer.count)
        return length < 0 ? nil : String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension Processes {
    /// Whether a process has children, those that have ended and were not reaped included.
    static func hasChildren(_ process: Int32) -> Bool {
        let path = "/proc/\(process)/task/\(process)/children"
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var first: UInt8 = 0
        return read(file, &first, 1) == 1
    }
}
