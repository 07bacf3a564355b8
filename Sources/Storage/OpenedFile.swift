public import SystemPackage

/// A stored file, open for reading. Closes when it is released.
public struct OpenedFile: ~Copyable, Sendable {
    /// Read-only and seekable, at its beginning. Valid as long as this value; duplicate it to keep it longer.
    public let descriptor: FileDescriptor
    /// The file's length when it was opened.
    public let bytes: Int64
    /// Whether somebody wrote to it within the last seconds, so that more may follow. Never for a file that was fetched whole.
    public let isJustWritten: Bool
    /// Closes the descriptor when it is released, and gives back what the file takes up.
    private let owner: any AnyObject & Sendable

    /// - Parameter descriptor: Is this value's from now on.
    init(descriptor: FileDescriptor, bytes: Int64, isJustWritten: Bool = false) {
        self.descriptor = descriptor
        self.bytes = bytes
        self.isJustWritten = isJustWritten
        owner = DescriptorOwner(descriptor)
    }

    init(_ file: SpooledFile, bytes: Int64, reservation: SpoolReservation) {
        descriptor = file.reading
        self.bytes = bytes
        isJustWritten = false
        owner = SpooledOwner(file: file, reservation: reservation)
    }

    /// The file's length now: another one than ``bytes`` while somebody writes to it.
    public func bytesNow() async throws(StorageError) -> Int64 {
        let descriptor = descriptor
        return try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                return try Stat(descriptor).size
            } catch {
                throw StorageError(error, cannot: "read a recording")
            }
        }
    }
}

private final class DescriptorOwner: Sendable {
    private let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }
}

/// Closes the file first, then frees its space.
private final class SpooledOwner: Sendable {
    private let file: SpooledFile
    private let reservation: SpoolReservation

    init(file: SpooledFile, reservation: SpoolReservation) {
        self.file = file
        self.reservation = reservation
    }
}
