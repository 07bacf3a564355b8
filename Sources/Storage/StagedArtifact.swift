public import SystemPackage

/// An empty file that somebody may fill, invisible to readers until it is published in the storage that staged it. Releasing it
/// unpublished removes it.
public struct StagedArtifact: ~Copyable, Sendable {
    let content: any StagedContent

    init(_ content: any StagedContent) {
        self.content = content
    }

    /// Read-write and seekable; valid as long as this value. It is lent to the inspector's child, whose duplicate shares
    /// the file: publish only after that child has ended, for what it writes later would go into the published file.
    public var descriptor: FileDescriptor { content.descriptor }
}
