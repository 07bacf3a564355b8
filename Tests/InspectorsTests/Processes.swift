import Glibc

/// Looking at processes from outside.
enum Processes {
    /// Where a link of `/proc` points; `nil` when there is none, or it is not for this user to see.
    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink(path, &buffer, buffer.count)
        return length < 0 ? nil : String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
