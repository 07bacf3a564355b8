import SystemPackage

/// An unnamed file. It is closed and disappears when this object is released.
final class SpooledFile: StagedContent {
    /// For reading and writing.
    let descriptor: FileDescriptor
    /// For reading only.
    let reading: FileDescriptor

    init(descriptor: FileDescriptor, reading: FileDescriptor) {
        self.descriptor = descriptor
        self.reading = reading
    }

    /// Does nothing, because the file has no name.
    func remove() {}

    deinit {
        try? descriptor.close()
        try? reading.close()
    }
}
