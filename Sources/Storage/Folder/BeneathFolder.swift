import SystemPackage

/// Opens the file of a key below a root folder.
enum BeneathFolder {
    /// Opens a regular file, folder by folder.
    /// - Returns: The descriptor, which the caller closes, and what the system says of the file.
    static func openFile(_ key: StorageKey, in root: FolderHandle) throws(StorageError) -> (FileDescriptor, Stat) {
        var folder = root
        var components = key.components
        let name = components.removeLast()
        for component in components {
            do throws(Errno) {
                folder = try folder.openFolder(component)
            } catch {
                throw explain(error, component, in: folder, isLast: false, key)
            }
        }
        let descriptor: FileDescriptor
        do throws(Errno) {
            descriptor = try folder.openFile(name)
        } catch {
            throw explain(error, name, in: folder, isLast: true, key)
        }
        do throws(StorageError) {
            return (descriptor, try status(of: descriptor, key))
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    private static func status(of descriptor: FileDescriptor, _ key: StorageKey) throws(StorageError) -> Stat {
        let stat: Stat
        do throws(Errno) {
            stat = try Stat(descriptor)
        } catch {
            throw StorageError(error, cannot: "read \(key)")
        }
        guard stat.type == .regular else { throw notAFile(key, stat.type) }
        return stat
    }

    /// The error of the system for a link or a special file depends on its version, so this looks at the file's type.
    private static func explain(
        _ error: Errno, _ name: String, in folder: FolderHandle, isLast: Bool, _ key: StorageKey
    ) -> StorageError {
        switch error {
        case .noSuchFileOrDirectory, .fileNameTooLong:
            return StorageError(.notFound, "No file is stored as \(key).", cause: error)
        case .notDirectory, .tooManySymbolicLinkLevels, .noSuchAddressOrDevice:
            guard let type = (try? folder.stat(name))?.type else { break }
            if type == .symbolicLink || isLast { return notAFile(key, type) }
            return StorageError(.notFound, "No file is stored as \(key).", cause: error)
        default: break
        }
        return StorageError(error, cannot: "read \(key)")
    }

    private static func notAFile(_ key: StorageKey, _ type: FileType) -> StorageError {
        let detail = type == .symbolicLink ? " leads through a symbolic link, which is not followed" : " is \(FileKind.words(type))"
        return StorageError(.notAFile, "The key \(key)\(detail), not a stored file.")
    }
}
