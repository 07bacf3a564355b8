import Glibc
import SystemPackage

/// A file in this process's staging folder. Its name is used only once. So removing it again, or after it was renamed, does nothing.
final class StagedFile: StagedContent {
    let descriptor: FileDescriptor
    let name: String
    let folder: StagingFolder

    init(descriptor: FileDescriptor, name: String, folder: StagingFolder) {
        self.descriptor = descriptor
        self.name = name
        self.folder = folder
    }

    func remove() {
        folder.directory.unlink(name)
    }

    deinit {
        remove()
        try? descriptor.close()
    }
}
