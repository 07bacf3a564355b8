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
        _ = try state(of: descriptor, named: name)
    }

    /// Runs `body`, which reads the file, and throws when somebody wrote to the file meanwhile: what was read may then be half old and half new.
    static func unchanged<Value>(_ descriptor: FileDescriptor, _ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        let before = try state(of: descriptor, named: "the recording")
        let value = try body()
        guard try state(of: descriptor, named: "the recording") == before else { throw .changedSource }
        return value
    }

    /// What differs after a file was written to.
    private struct State: Hashable {
        var bytes: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private static func state(of descriptor: FileDescriptor, named name: String) throws(StorageError) -> State {
        let stat: Stat
        do throws(Errno) {
            stat = try Stat(descriptor)
        } catch {
            throw StorageError(.unreadableSource, "Cannot read \(name): \(error).", cause: error)
        }
        guard stat.type == .regular else {
            throw StorageError(.unreadableSource, "Cannot read \(name): it is \(FileKind.words(stat.type)), not a file.")
        }
        let changed = stat.rawValue.st_mtim
        return State(bytes: stat.size, seconds: changed.tv_sec, nanoseconds: changed.tv_nsec)
    }
}
