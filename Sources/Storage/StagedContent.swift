import SystemPackage

/// The file behind a staged artifact. Releasing it removes the file, unless it was published.
protocol StagedContent: AnyObject, Sendable {
    /// For reading and writing.
    var descriptor: FileDescriptor { get }
    /// Removes the file now. Does nothing if it was removed or published before.
    func remove()
}
