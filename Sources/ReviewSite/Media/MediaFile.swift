internal import Hummingbird
internal import NIOCore
internal import NIOPosix
internal import Storage
internal import SystemPackage

/// An open file on its way to a browser. Closes when nobody sends it any more.
final class MediaFile: Sendable {
    /// In bytes. Large enough that the way between threads costs little, small enough for hundreds of readers at once.
    private static let chunk = 256 << 10

    let length: Int64
    private let descriptor: SystemPackage.FileDescriptor

    init(_ file: consuming OpenedFile) {
        length = file.bytes
        descriptor = file.take()
    }

    deinit {
        try? descriptor.close()
    }

    /// Sends these bytes. They are read on NIO's threads for files, since a disk may take its time; the next chunk while the last is sent.
    func body(_ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: Int(range.upperBound - range.lowerBound)) { writer in
            var offset = range.lowerBound
            var next = try await self.read(offset..<min(offset + Int64(Self.chunk), range.upperBound))
            while true {
                let current = next
                offset += Int64(current.readableBytes)
                guard offset < range.upperBound else {
                    try await writer.write(current)
                    break
                }
                let following = offset..<min(offset + Int64(Self.chunk), range.upperBound)
                async let ahead = self.read(following)
                try await writer.write(current)
                next = try await ahead
            }
            try await writer.finish(nil)
        }
    }

    private func read(_ range: Range<Int64>) async throws -> ByteBuffer {
        let descriptor = descriptor
        return try await NIOThreadPool.singleton.runIfActive {
            let count = Int(range.upperBound - range.lowerBound)
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            // Safe: `buffer` lends room for `count` bytes, and `read` writes no more than that.
            let got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
                try descriptor.read(fromAbsoluteOffset: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
            }
            guard got > 0 else { throw Shortened() }
            return buffer
        }
    }

    /// The file is shorter than when it was opened, which stored files never become.
    private struct Shortened: Error {}
}
