import Glibc
import SystemPackage

/// The marker in the root folder. It is read by the path each time, so that another folder in the same place is noticed.
extension FolderStorage {
    public func identity() async throws(StorageError) -> StorageIdentity? {
        try await BlockingWork.run { () throws(StorageError) in
            let content: [UInt8]?
            do throws(Errno) {
                content = try Self.marker(in: try FolderHandle(root: path))
            } catch {
                throw StorageError(error, cannot: "read the marker \(StorageIdentity.markerName) of the storage folder \(path)")
            }
            guard let content else { return nil }
            return try StorageIdentity.read(content, in: path.string)
        }
    }

    public func mark(as identity: StorageIdentity) async throws(StorageError) {
        try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                let root = try FolderHandle(root: path)
                guard try root.stat(StorageIdentity.markerName) == nil else { return }
                // Of this folder, which need not be the one that the process works in.
                let file = try StagingFolder(in: root).makeFile()
                try Self.write(identity.line, to: file.descriptor)
                try file.folder.directory.rename(file.name, to: root, as: StorageIdentity.markerName)
                try root.sync()
            } catch {
                throw StorageError(error, cannot: "write the marker \(StorageIdentity.markerName) to the storage folder \(path)")
            }
        }
    }

    public func takePlace() async throws(StorageError) {
        try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                try opened.change(to: try FolderHandle(root: path))
            } catch {
                throw StorageError(error, cannot: "open the storage folder \(path)")
            }
        }
    }

    private static func marker(in root: FolderHandle) throws(Errno) -> [UInt8]? {
        let file: FileDescriptor
        do throws(Errno) {
            file = try root.openFile(StorageIdentity.markerName)
        } catch  where error == .noSuchFileOrDirectory {
            return nil
        }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(file.rawValue, &bytes, bytes.count)
        guard count >= 0 else { throw Errno(rawValue: errno) }
        return Array(bytes.prefix(count))
    }

    private static func write(_ text: String, to file: FileDescriptor) throws(Errno) {
        do {
            try file.writeAll(text.utf8)
        } catch {
            throw error as? Errno ?? .ioError
        }
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
