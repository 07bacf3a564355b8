internal import NIOCore
internal import NIOHTTP1
internal import Storage
internal import SystemPackage

/// Content that the kernel copies from a file to the connection (sendfile): through buffers of this program it costs about twice as much.
///
/// Hummingbird's bodies are buffers, so this goes past it, to where the server's pipeline has bytes and no messages any more: after the
/// head, which the writer of a body has handed on already, and before the end, which adds none to content of known length.
enum FileSending {
    /// Returns when all of it is with the kernel.
    /// - Throws: when the connection has gone, or the storage fails in the middle.
    static func send(_ part: StoredFilePart, over channel: any Channel) async throws {
        for stretch in part.stretches {
            try await part.load(stretch)
            try await channel.eventLoop.flatSubmit { write(stretch, of: part, to: channel) }.get()
        }
    }

    private static func write(_ range: Range<Int64>, of part: StoredFilePart, to channel: any Channel) -> EventLoopFuture<Void> {
        let written = channel.eventLoop.makePromise(of: Void.self)
        do {
            let context = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: part.descriptor.rawValue)
            let region = FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
            // The descriptor stays the part's, which is kept until then.
            written.futureResult.whenComplete { _ in withExtendedLifetime(part) { _ = try? handle.takeDescriptorOwnership() } }
            context.writeAndFlush(NIOAny(IOData.fileRegion(region)), promise: written)
        } catch {
            written.fail(error)
        }
        return written.futureResult
    }
}
