import Crypto
import SystemPackage

/// The SHA-256 of a file's content.
enum ContentDigest {
    private static let chunk = 1 << 20

    /// Reads a file to its end by offsets, without moving its position.
    /// - Returns: 64 lower-case hexadecimal digits, and the number of bytes read.
    static func of(_ file: FileDescriptor) throws(Errno) -> (sha256: String, bytes: Int64) {
        try of(file, 0..<Int64.max)
    }

    /// The same for a part of the file.
    static func of(_ file: FileDescriptor, _ range: Range<Int64>) throws(Errno) -> (sha256: String, bytes: Int64) {
        try read(file, range) { _ in }
    }

    /// The same for a part of the file, whose bytes are added to a hash of the whole as well.
    static func of(_ file: FileDescriptor, _ range: Range<Int64>, addingTo whole: inout ContentHash) throws(Errno) -> (
        sha256: String, bytes: Int64
    ) {
        try read(file, range) { whole.add($0) }
    }

    static func of(_ text: String) -> String { Hexadecimal.text(SHA256.hash(data: Array(text.utf8))) }

    /// Copies a file to an empty one, hashing what it copies.
    static func copying(_ source: FileDescriptor, to target: FileDescriptor) throws(CopyFailure) -> (sha256: String, bytes: Int64) {
        var failure: Errno?
        do throws(Errno) {
            return try read(source, 0..<Int64.max) { (bytes) throws(Errno) in
                do {
                    try target.writeAll(bytes)
                } catch {
                    let cause = error as? Errno ?? .ioError
                    failure = cause
                    throw cause
                }
            }
        } catch {
            throw failure.map(CopyFailure.writing) ?? .reading(error)
        }
    }

    /// Which side of a copy failed. A bad source is the caller's fault, a bad target the storage's.
    enum CopyFailure: Error {
        case reading(Errno)
        case writing(Errno)
    }

    private static func read(
        _ file: FileDescriptor, _ range: Range<Int64>, each: (UnsafeRawBufferPointer) throws(Errno) -> Void
    ) throws(Errno) -> (sha256: String, bytes: Int64) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        defer { buffer.deallocate() }
        var hash = ContentHash()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count: Int
            do {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(chunk), range.upperBound - offset))])
                count = try file.read(fromAbsoluteOffset: offset, into: room)
            } catch {
                throw error as? Errno ?? .ioError
            }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.add(bytes)
            try each(bytes)
            offset += Int64(count)
        }
        return (hash.text, offset - range.lowerBound)
    }
}
