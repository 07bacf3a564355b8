import Glibc
import SystemPackage

/// Small text files that the server writes.
enum TextFile {
    /// The last `limit` bytes of a regular file as text; `nil` when it is not there, not readable, or something else.
    /// Links are not followed, because the server's account owns the folder and root may be reading.
    static func read(_ path: FilePath, limit: Int = 16_384) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec, .nonBlocking]) else { return nil }
        defer { try? file.close() }
        guard let stat = try? Stat(file), stat.type == .regular else { return nil }
        let size = Int(stat.rawValue.st_size)
        var bytes = [UInt8](repeating: 0, count: min(size, limit))
        let count = try? bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: Int64(max(0, size - limit)), into: $0) }
        return count.map { String(decoding: bytes.prefix($0), as: UTF8.self) }
    }
}
