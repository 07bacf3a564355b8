import NIOCore
import SystemPackage

/// Writes a file from its beginning. Small pieces are collected, because switching to a blocking thread costs more than writing them.
struct SpoolWriter {
    private static let gathered = 1 << 20

    private let file: SpooledFile
    private var pending = ByteBuffer()

    init(_ file: SpooledFile) {
        self.file = file
    }

    mutating func write(_ piece: ByteBuffer) async throws(S3Failure) {
        var piece = piece
        pending.writeBuffer(&piece)
        if pending.readableBytes >= Self.gathered { try await finish() }
    }

    /// Writes the remaining bytes.
    mutating func finish() async throws(S3Failure) {
        let (file, bytes) = (file, pending)
        pending = ByteBuffer()
        do throws(StorageError) {
            try await BlockingWork.run { () throws(StorageError) in
                do {
                    try bytes.withUnsafeReadableBytes { _ = try file.descriptor.writeAll($0) }
                } catch {
                    throw StorageError(error as? Errno ?? .ioError, cannot: "write to the spool folder")
                }
            }
        } catch {
            throw .local(error)
        }
    }
}
