import Glibc
import SystemPackage

/// Opens a file that the user wants to import.
enum SourceFile {
    /// Non-blocking, so that a pipe without a writer is an error and does not block.
    static func open(_ path: FilePath) throws(StorageError) -> FileDescriptor {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw StorageError(.unreadableSource, "Cannot read \(path): \(error).", cause: error as? Errno)
        }
        do throws(StorageError) {
            try requireRegular(descriptor, named: path.string)
            return descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    static func requireRegular(_ descriptor: FileDescriptor, named name: String) throws(StorageError) {
        let type: FileType
        do throws(Errno) {
            type = try Stat(descriptor).type
        } catch {
            throw StorageError(.unreadableSource, "Cannot read \(name): \(error).", cause: error)
        }
        guard type == .regular else {
            throw StorageError(.unreadableSource, "Cannot read \(name): it is \(FileKind.words(type)), not a file.")
        }
    }
}
