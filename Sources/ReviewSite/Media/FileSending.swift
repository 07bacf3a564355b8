internal import NIOCore
internal import NIOHTTP1
internal import Storage
internal import SystemPackage

/// Sends a file's content with the kernel's sendfile. Sending it through buffers of this program costs about twice as much.
///
/// Hummingbird's bodies are buffers. So this bypasses Hummingbird and writes to the server's channel pipeline directly: after the response's
/// head, which was written before, and before its end, which adds no bytes to content of known length.
enum FileSending {
    /// Returns when the kernel has all of the content.
    /// - Throws: when the connection is closed or the storage fails.
    static func send(_ part: StoredFilePart, over channel: any Channel, _ watch: ReaderWatch) async throws {
        for stretch in part.stretches {
            try await part.load(stretch)
            watch.hands(stretch.count)
            try await channel.eventLoop.flatSubmit { write(stretch, of: part, to: channel) }.get()
        }
    }

    private static func write(_ range: Range<Int64>, of part: StoredFilePart, to channel: any Channel) -> EventLoopFuture<Void> {
        let written = channel.eventLoop.makePromise(of: Void.self)
        do {
            let context = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: part.descriptor.rawValue)
            let region = FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
            // The part owns the descriptor, and is kept until then.
            written.futureResult.whenComplete { _ in withExtendedLifetime(part) { _ = try? handle.takeDescriptorOwnership() } }
            context.writeAndFlush(NIOAny(IOData.fileRegion(region)), promise: written)
        } catch {
            written.fail(error)
        }
        return written.futureResult
    }
}
