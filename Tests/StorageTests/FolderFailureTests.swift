import Foundation
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.tool))
struct FolderFailureTests {
    @Test func `An unpublished artifact is not visible, and is removed with its owner`() async throws {
        try await TemporaryFolder.with { root in
            let storage = try await FolderStorage.open(root)
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("half".utf8)
            #expect(try Listing.visible(in: root) == [])
            #expect(try Listing.of(root).count == 5)
            await storage.discard(staged)
            #expect(try Listing.of(root).count == 4)
        }
    }

    @Test func `Staged files of a killed process are removed, those of a running one are not`() async throws {
        try await TemporaryFolder.with { root in
            let living = try await FolderStorage.open(root)
            let staged = try await living.stageArtifact()
            try staged.descriptor.writeAll("alive".utf8)
            let dead = root.appending(".staging").appending("1-dead")
            try FileManager.default.createDirectory(atPath: dead.string, withIntermediateDirectories: false)
            for name in ["lock", "4a1f"] {
                try Data("half".utf8).write(to: URL(filePath: dead.appending(name).string))
            }

            let next = try await FolderStorage.open(root)
            #expect(!FileManager.default.fileExists(atPath: dead.string))
            let stored = try await living.publish(staged, fileExtension: nil)
            #expect(try await Bytes.ofArtifact(stored.key, in: next) == Array("alive".utf8))
            #expect(try Listing.visible(in: root) == [stored.key.string])
        }
    }

    @Test func `An artifact that was cut on the disk is replaced by the whole one`() async throws {
        try await TemporaryFolder.with { root in
            let storage = try await FolderStorage.open(root)
            let stored = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            let path = root.appending(FilePath(stored.key.string).components)
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.resize(to: 10)
            try file.close()
            _ = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            #expect(try Bytes.of(path) == Bytes.of(Fixtures.recording("audio-only.webm")))
        }
    }

    @Test func `Files and folders have their modes whatever the umask`() async throws {
        try await TemporaryFolder.with { root in
            let storage = try await FolderStorage.open(root)
            let stored = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            let file = root.appending(FilePath(stored.key.string).components)
            #expect(try Stat(file).permissions == [.ownerReadWrite, .groupRead])
            #expect(try Stat(file.removingLastComponent()).permissions == [.ownerReadWriteExecute, .groupReadExecute])
        }
    }

    @Test func `A missing storage is the infrastructure's fault, not a recording's`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder.appending("storage")
            let storage = try await FolderStorage.open(root)
            let stored = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            try FileManager.default.moveItem(atPath: root.string, toPath: folder.appending("elsewhere").string)
            let gone = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key) }
            #expect(gone?.code == .unavailable)
            // As when a disk is not mounted: the folder is there, and empty.
            try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: false)
            let replaced = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key) }
            #expect(replaced?.code == .unavailable)
            #expect(replaced?.description.contains("Mount its disk again") == true)
            await #expect(throws: StorageError.self) { _ = try await storage.contains(stored.key) }
        }
    }

    @Test func `A file that a person names is opened at its beginning, with its length`() async throws {
        let path = Fixtures.recording("audio-only.webm")
        let opened = try await OpenedFile.open(path)
        #expect(try opened.descriptor.seek(offset: 0, from: .current) == 0)
        #expect(try opened.bytes == Bytes.of(path).count)
    }

    @Test func `A folder whose parent is missing is not created`() async throws {
        let error = await #expect(throws: StorageError.self) { _ = try await FolderStorage.open("/nowhere/at/all") }
        #expect(error?.code == .unavailable)
    }

    @Test(.enabled(if: geteuid() == 0, "only root mounts a small disk"))
    func `A full disk is not reported as a bad recording, and leaves nothing behind`() async throws {
        try await TemporaryFolder.with { folder in
            try await Self.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.string)
            do {
                let storage = try await FolderStorage.open(folder)
                let error = await #expect(throws: StorageError.self) {
                    _ = try await storage.storeRecording(from: Fixtures.recording("chrome-vp9-opus.webm"))
                }
                #expect(error?.code == .full)
                #expect(error?.fault == .infrastructure)
                #expect(try Listing.visible(in: folder) == [])
                // The space is free again at once.
                let staged = try await storage.stageArtifact()
                try staged.descriptor.writeAll(Array("small".utf8))
                _ = try await storage.publish(staged, fileExtension: nil)
            } catch {
                try await Self.run("umount", "-l", folder.string)
                throw error
            }
            try await Self.run("umount", "-l", folder.string)
        }
    }

    private static func run(_ program: String, _ arguments: String...) async throws {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 4096))
        try #require(result.terminationStatus.isSuccess, "\(program): \(result.standardError)")
    }
}
