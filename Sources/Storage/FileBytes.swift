import NIOCore
import SystemPackage

/// A part of a file, read chunk by chunk as it is sent.
struct FileBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// In bytes. Large enough that switching threads costs little, small enough for many at once.
    static let chunk: Int64 = 256 << 10

    let descriptor: SystemPackage.FileDescriptor
    let range: Range<Int64>

    func makeAsyncIterator() -> Iterator { Iterator(descriptor: descriptor, rest: range) }

    struct Iterator: AsyncIteratorProtocol {
        let descriptor: SystemPackage.FileDescriptor
        var rest: Range<Int64>

        mutating func next() async throws(StorageError) -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            let (descriptor, offset, count) = (descriptor, rest.lowerBound, Int(Swift.min(FileBytes.chunk, Int64(rest.count))))
            let bytes = try await BlockingWork.run { () throws(StorageError) in
                try FileBytes.read(descriptor, offset..<offset + Int64(count))
            }
            rest = rest.lowerBound + Int64(bytes.readableBytes)..<rest.upperBound
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
        guard got > 0 else { throw StorageError(.unreadableSource, "A file became shorter while it was read.") }
        return buffer
    }
}
