public import SystemPackage

/// An empty file to be filled. Readers do not see it until it is published in the storage that staged it. Releasing it unpublished removes
/// it.
public struct StagedArtifact: ~Copyable, Sendable {
    let content: any StagedContent

    init(_ content: any StagedContent) {
        self.content = content
    }

    /// Read-write and seekable; valid as long as this value. The inspector's child gets a duplicate. Publish only after that child has ended,
    /// because later writes would change the published file.
    public var descriptor: FileDescriptor { content.descriptor }
}
