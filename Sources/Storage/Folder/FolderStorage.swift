import Glibc
public import SystemPackage

/// Storage in a folder, on a local disk or a network file system that all workers share.
///
/// ```
/// .dailies-storage               the marker: which storage this is
/// recordings/3f/3f2a….webm       what `dailies import` brought in; other programs may use any other path
/// artifacts/9c/07/9c07….jpg
/// .staging/PID-RANDOM/…          unpublished files, of one process each
/// ```
/// Keys are resolved beneath the root step by step, and no step follows a symbolic link. Files get the mode 0640, folders 0750.
public struct FolderStorage: RecordingStorage {
    /// The root, as it was given.
    public let path: FilePath
    /// When a disk is unmounted, its path leads to another, empty folder. Every recording would then seem to be missing, and the recordings
    /// would be blamed. So the folder is compared with the opened one at each use.
    let opened: OpenedRoot

    private init(path: FilePath, _ root: OpenedRoot) {
        self.path = path
        opened = root
    }

    /// Opens a storage folder and creates it if it is missing (its parent has to exist). Removes staged files that killed processes left.
    public static func open(_ path: FilePath) async throws(StorageError) -> FolderStorage {
        try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                if mkdir(path.string, 0o750) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
                return FolderStorage(path: path, try OpenedRoot(try FolderHandle(root: path)))
            } catch {
                throw StorageError(error, cannot: "open the storage folder \(path)")
            }
        }
    }

    public func openRecording(_ key: StorageKey, atMost limit: Int64) async throws(StorageError) -> OpenedFile {
        let file = try await openFile(key)
        guard file.bytes <= limit else { throw .tooLarge(key, bytes: file.bytes, limit: limit) }
        return file
    }

    public func openArtifact(_ key: StorageKey) async throws(StorageError) -> OpenedFile {
        try await openFile(key)
    }

    public func readArtifact(
        _ key: StorageKey, _ range: Range<Int64>, of bytes: Int64
    ) async throws(StorageError) -> StoredPart {
        let descriptor = try await BlockingWork.run { () throws(StorageError) in
            let (descriptor, found) = try BeneathFolder.openFile(key, in: try openRoot())
            do throws(StorageError) {
                guard found.size == bytes else {
                    throw StorageError(.notFound, "What is stored as \(key) has \(found.size) bytes instead of \(bytes): it was damaged.")
                }
                if let first = StoredFilePart.stretches(of: range).first { try StoredFilePart.load(first, of: descriptor) }
                return descriptor
            } catch {
                try? descriptor.close()
                throw error
            }
        }
        return StoredPart(OpenedFile(descriptor: descriptor, bytes: bytes), range)
    }

    /// A folder gives no links, because browsers do not reach it.
    public func link(toArtifact key: StorageKey, mediaType: String) async -> ArtifactLink? { nil }
    public var linkOrigin: String? { nil }

    public func checkPresence() async throws(StorageError) {
        // Checks the open folder and the path, because an open folder still works after its disk was unmounted.
        _ = try await contains(StorageKey(trusted: "health"))
        await discard(try await stageArtifact())
    }

    public func checkThoroughly() async throws(StorageError) { try await checkPresence() }

    public func contains(_ key: StorageKey) async throws(StorageError) -> Bool {
        do {
            _ = try await openFile(key)
            return true
        } catch  where error.fault == .request {
            return false
        }
    }

    public func stageArtifact() async throws(StorageError) -> StagedArtifact {
        StagedArtifact(try await BlockingWork.run { () throws(StorageError) in try stage() })
    }

    public func publish(_ staged: consuming StagedArtifact, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile {
        guard let file = staged.content as? StagedFile else {
            throw StorageError(.unreadableSource, "An artifact that another storage staged cannot be published in \(path).")
        }
        return try await BlockingWork.run { () throws(StorageError) in
            let content: (sha256: String, bytes: Int64)
            do throws(Errno) {
                content = try ContentDigest.of(file.descriptor)
            } catch {
                throw StorageError(error, cannot: "read a staged artifact in \(path)")
            }
            let key = StorageKey.artifact(sha256: content.sha256, fileExtension: fileExtension)
            return try settle(file, as: StoredFile(key: key, bytes: content.bytes, sha256: content.sha256))
        }
    }

    public func storeRecording(from source: FileDescriptor, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile {
        try await BlockingWork.run { () throws(StorageError) in
            let file = try stage()
            let content = try SourceFile.unchanged(source) { () throws(StorageError) in
                do throws(ContentDigest.CopyFailure) {
                    return try ContentDigest.copying(source, to: file.descriptor)
                } catch {
                    switch error {
                    case .reading(let cause):
                        throw StorageError(.unreadableSource, "Cannot read the recording to its end: \(cause).", cause: cause)
                    case .writing(let cause): throw StorageError(cause, cannot: "write a recording to \(path)")
                    }
                }
            }
            let key = StorageKey.recording(sha256: content.sha256, fileExtension: fileExtension)
            return try settle(file, as: StoredFile(key: key, bytes: content.bytes, sha256: content.sha256))
        }
    }
}

extension FolderStorage {
    private func openFile(_ key: StorageKey) async throws(StorageError) -> OpenedFile {
        let (descriptor, found) = try await BlockingWork.run { () throws(StorageError) in
            try BeneathFolder.openFile(key, in: try openRoot())
        }
        return OpenedFile(descriptor: descriptor, bytes: found.size, isJustWritten: Self.isJustWritten(found))
    }

    /// Whether a file was written to within the last two seconds. The clock may be another machine's, so a time ahead counts too if it is near.
    private static func isJustWritten(_ file: Stat) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return abs(now.tv_sec - file.rawValue.st_mtim.tv_sec) <= 2
    }

    /// Opens the root again each time, so that a missing storage is noticed.
    func openRoot() throws(StorageError) -> FolderHandle {
        let root: FolderHandle
        let found: FolderIdentity
        do throws(Errno) {
            root = try FolderHandle(root: path)
            found = try root.identity()
        } catch {
            throw StorageError(error, cannot: "open the storage folder \(path)")
        }
        guard found == opened.current.identity else {
            throw StorageError(
                .unavailable,
                "The storage folder \(path) is not the one that was there before. Mount its disk again; the work goes on by itself."
            )
        }
        return root
    }

    private func stage() throws(StorageError) -> StagedFile {
        do throws(Errno) {
            return try opened.current.staging.makeFile()
        } catch {
            throw StorageError(error, cannot: "stage a file in \(path)")
        }
    }

    /// Makes a complete file durable, and then visible. It takes the place of a file that is there already, at once: that one may be damaged,
    /// which only reading it would tell, and this one is written and known to be right. Who has the former one open goes on reading it.
    private func settle(_ file: StagedFile, as stored: StoredFile) throws(StorageError) -> StoredFile {
        var folder = try openRoot()
        do throws(Errno) {
            guard fsync(file.descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            var components = stored.key.components
            let name = components.removeLast()
            for component in components { folder = try folder.makeFolder(component) }
            try file.folder.directory.rename(file.name, to: folder, as: name)
            try folder.sync()
            return stored
        } catch {
            throw StorageError(error, cannot: "store \(stored.key) in \(path)")
        }
    }
}
