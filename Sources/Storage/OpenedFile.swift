public import SystemPackage

/// A stored file, open for reading. Closes when it is released.
public struct OpenedFile: ~Copyable, Sendable {
    /// Read-only and seekable, at its beginning. Valid as long as this value; duplicate it, or ``take()`` it, to keep it longer.
    public let descriptor: FileDescriptor
    /// The file's length when it was opened.
    public let bytes: Int64

    init(descriptor: FileDescriptor, bytes: Int64) {
        self.descriptor = descriptor
        self.bytes = bytes
    }

    /// Gives the descriptor to the caller, who closes it.
    public consuming func take() -> FileDescriptor {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    deinit {
        try? descriptor.close()
    }
}
