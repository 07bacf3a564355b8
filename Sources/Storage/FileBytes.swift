import NIOCore
import SystemPackage

/// A part of a file, read chunk by chunk as it is sent.
///
/// Where the bytes have to be certain ones, they are hashed as they are given. The last chunk is given only when all of them are right, so
/// that a store never gets the whole of something else.
struct FileBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// In bytes. Large enough that switching threads costs little, small enough for many at once.
    static let chunk: Int64 = 256 << 10

    let descriptor: SystemPackage.FileDescriptor
    let range: Range<Int64>
    /// The SHA-256 that the bytes must have, in hexadecimal; `nil` to give whatever is there.
    var sha256: String?

    func makeAsyncIterator() -> Iterator { Iterator(descriptor: descriptor, rest: range, sha256: sha256) }

    struct Iterator: AsyncIteratorProtocol {
        let descriptor: SystemPackage.FileDescriptor
        var rest: Range<Int64>
        let sha256: String?
        private var hash = ContentHash()

        fileprivate init(descriptor: SystemPackage.FileDescriptor, rest: Range<Int64>, sha256: String?) {
            self.descriptor = descriptor
            self.rest = rest
            self.sha256 = sha256
        }

        mutating func next() async throws(StorageError) -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            let (descriptor, offset, count) = (descriptor, rest.lowerBound, Int(Swift.min(FileBytes.chunk, Int64(rest.count))))
            let bytes = try await BlockingWork.run { () throws(StorageError) in
                try FileBytes.read(descriptor, offset..<offset + Int64(count))
            }
            rest = rest.lowerBound + Int64(bytes.readableBytes)..<rest.upperBound
            guard let sha256 else { return bytes }
            bytes.withUnsafeReadableBytes { hash.add($0) }
            guard !rest.isEmpty || hash.text == sha256 else { throw .changedSource }
            return bytes
        }
    }

    /// - Returns: At least one byte of the range, from its beginning on.
    static func read(_ descriptor: SystemPackage.FileDescriptor, _ range: Range<Int64>) throws(StorageError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        let got: Int
        do {
            got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { room in
                try descriptor.read(
                    fromAbsoluteOffset: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: room[..<range.count]))
            }
        } catch {
            throw StorageError(error as? Errno ?? .ioError, cannot: "read a file to its end")
        }
        guard got > 0 else { throw .changedSource }
        return buffer
    }
}

extension FileBytes {
    /// What a request sends.
    init(_ part: FilePart) { self.init(descriptor: part.descriptor, range: part.range, sha256: part.sha256) }
}
