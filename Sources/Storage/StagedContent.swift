import SystemPackage

/// What a storage keeps of a staged artifact. Releasing it removes the file, unless it was published.
protocol StagedContent: AnyObject, Sendable {
    /// For reading and writing.
    var descriptor: FileDescriptor { get }
    /// Removes the file now. Doing it again, or after it was published, does nothing.
    func remove()
}
