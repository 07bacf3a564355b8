import ForeignText
import Glibc
import SystemPackage

extension FolderStorage {
    public func list(_ body: ([ListedFile]) async throws -> Void) async throws {
        var folders: [[String]] = [[]]
        while let path = folders.popLast() {
            let (files, below) = try await BlockingWork.run { () throws(StorageError) in try read(path) }
            if !files.isEmpty { try await body(files) }
            folders += below.map { path + [$0] }
        }
    }

    /// The files in a folder, and the names of the folders in it. Links and special files are left out.
    private func read(_ path: [String]) throws(StorageError) -> (files: [ListedFile], folders: [String]) {
        var (files, folders): ([ListedFile], [String]) = ([], [])
        let root = try openRoot()
        do throws(Errno) {
            var folder = root
            for name in path { folder = try folder.openFolder(name) }
            let now = time(nil)
            for name in try folder.names() where !name.begins(with: ".") {
                // Removed meanwhile.
                guard let stat = try folder.stat(name) else { continue }
                switch stat.type {
                case .directory: folders.append(name)
                case .regular:
                    let key = StorageKey(trusted: (path + [name]).joined(separator: "/"))
                    files.append(ListedFile(key: key, bytes: stat.size, age: now - stat.rawValue.st_mtim.tv_sec))
                default: continue
                }
            }
        } catch {
            throw StorageError(error, cannot: "list the folder \(path.joined(separator: "/")) in \(self.path)")
        }
        return (files, folders)
    }

    public func readWhole(_ key: StorageKey) async throws(StorageError) -> StoredPart {
        let file = try await openArtifact(key)
        let whole = 0..<file.bytes
        return StoredPart(file, whole)
    }

    public func removeArtifact(_ key: StorageKey) async throws(StorageError) -> Bool {
        try key.requireArtifact()
        return try await BlockingWork.run { () throws(StorageError) in
            var folder = try openRoot()
            var components = key.components
            let name = components.removeLast()
            do throws(Errno) {
                for component in components { folder = try folder.openFolder(component) }
                // Out of the way first, and looked at there: a job may publish the same content at this moment.
                let aside = try opened.current.staging.takeAside(name, from: folder)
                guard let stat = try opened.current.staging.directory.stat(aside) else { return false }
                if time(nil) - stat.rawValue.st_mtim.tv_sec <= ListedFile.ageOfStrays {
                    try opened.current.staging.directory.rename(aside, to: folder, as: name)
                    return false
                }
                opened.current.staging.directory.unlink(aside)
                try folder.sync()
                return true
            } catch {
                if error == .noSuchFileOrDirectory { return false }
                throw StorageError(error, cannot: "remove \(key) in \(path)")
            }
        }
    }
}
