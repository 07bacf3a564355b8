internal import Glibc
internal import SystemPackage

/// Reads a file that a child wrote to. The child has ended, so the file does not change.
struct LentFile {
    let descriptor: FileDescriptor

    func size() throws(Errno) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return Int64(status.st_size)
    }

    /// Up to `count` bytes from `offset` on; fewer when the file ends.
    func read(from offset: Int64 = 0, count: Int) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                let got = try unsafe descriptor.read(fromAbsoluteOffset: offset + Int64(initialized), into: rest)
                if got == 0 { break }
                initialized += got
            }
        }
    }

    /// Removes everything that the child wrote.
    func empty() throws {
        try descriptor.resize(to: 0)
    }
}
