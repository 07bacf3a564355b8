public import SystemPackage

/// A stored file, open for reading. Closes when it is released.
public struct OpenedFile: ~Copyable, Sendable {
    /// Read-only and seekable, at its beginning. Valid as long as this value; duplicate it to keep it longer.
    public let descriptor: FileDescriptor
    /// The file's length when it was opened.
    public let bytes: Int64
    /// Closes the descriptor when it is released, and gives back what the file takes up.
    private let owner: any AnyObject & Sendable

    /// - Parameter descriptor: Is this value's from now on.
    init(descriptor: FileDescriptor, bytes: Int64) {
        self.descriptor = descriptor
        self.bytes = bytes
        owner = DescriptorOwner(descriptor)
    }

    init(_ file: SpooledFile, bytes: Int64, reservation: SpoolReservation) {
        descriptor = file.reading
        self.bytes = bytes
        owner = SpooledOwner(file: file, reservation: reservation)
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
