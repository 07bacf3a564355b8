import SystemPackage

/// A file without a name. Closes, and is gone, when it is released.
final class SpooledFile: StagedContent {
    /// For reading and writing.
    let descriptor: FileDescriptor
    /// For reading only.
    let reading: FileDescriptor

    init(descriptor: FileDescriptor, reading: FileDescriptor) {
        self.descriptor = descriptor
        self.reading = reading
    }

    /// It has no name that could be removed.
    func remove() {}

    deinit {
        try? descriptor.close()
        try? reading.close()
    }
}
