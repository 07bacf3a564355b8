import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Old artifacts: removed when no row names them, and published anew when a job makes them again.
@Suite struct UpkeepTests {
    private static func publish(_ text: String, in storage: FolderStorage) async throws -> StoredFile {
        let staged = try await storage.stageArtifact()
        try staged.descriptor.writeAll(text.utf8)
        return try await storage.publish(staged, fileExtension: nil)
    }

    private static func age(_ file: FilePath, hours: Double) throws {
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600 * hours)], ofItemAtPath: file.string)
    }

    @Test func `an artifact of more than a day is removed, and one of less is not`() async throws {
        try await TemporaryFolder.with { folder in
            let storage = try await FolderStorage.open(folder)
            let stored = try await Self.publish("made long ago", in: storage)
            try Self.age(folder.appending(stored.key.string), hours: 23)
            #expect(try await !storage.removeArtifact(stored.key))
            #expect(try await storage.contains(stored.key))
            try Self.age(folder.appending(stored.key.string), hours: 25)
            #expect(try await storage.removeArtifact(stored.key))
            #expect(try await !storage.contains(stored.key))
            #expect(try await !storage.removeArtifact(stored.key))
        }
    }

    @Test func `an old artifact that is made again counts as new, so that it is not removed before its row is there`() async throws {
        try await TemporaryFolder.with { folder in
            let storage = try await FolderStorage.open(folder)
            let stored = try await Self.publish("the same as then", in: storage)
            try Self.age(folder.appending(stored.key.string), hours: 25)
            #expect(try await Self.publish("the same as then", in: storage) == stored)
            #expect(try await !storage.removeArtifact(stored.key))
            let opened = try await storage.openArtifact(stored.key)
            #expect(try await OpenedFile.sha256(of: opened.descriptor) == stored.sha256)
        }
    }

    @Test func `only keys in the form that this program gives are an artifact's`() throws {
        let digest = String(repeating: "3f", count: 32)
        for key in ["artifacts/3f/3f/\(digest)", "artifacts/3f/3f/\(digest).webm"] { #expect(try StorageKey(key).isArtifact, "\(key)") }
        for key in [
            "artifacts/aa/3f/\(digest).webm", "artifacts/3f/aa/\(digest).webm", "artifacts/3f/3f/\(digest).d/another/file",
            "artifacts/3f/3f/\(digest).tar.gz", "artifacts/3f/3f/\(digest).WEBM", "artifacts/3f/3f/\(digest)0", "recordings/3f/\(digest)",
        ] { #expect(try !StorageKey(key).isArtifact, "\(key)") }
    }

    @Test func `what other programs keep in a folder named like the one for unpublished files stays`() async throws {
        try await TemporaryFolder.with { folder in
            let staging = folder.appending(".staging")
            for path in ["deploy-42/lock", "deploy-42/release.tar", "backup/4a1f", "7-4a1f/lock", "7-4a1f/4a1f", "7-4a1f/notes.txt"] {
                let file = staging.pushing(FilePath(path)).string
                try FileManager.default.createDirectory(
                    atPath: FilePath(file).removingLastComponent().string, withIntermediateDirectories: true)
                try Data("another's".utf8).write(to: URL(filePath: file))
            }
            _ = try await FolderStorage.open(folder)
            for path in ["deploy-42/lock", "deploy-42/release.tar", "backup/4a1f", "7-4a1f/notes.txt"] {
                #expect(FileManager.default.fileExists(atPath: staging.pushing(FilePath(path)).string), "\(path)")
            }
            #expect(!FileManager.default.fileExists(atPath: staging.pushing("7-4a1f/4a1f").string))
            #expect(!FileManager.default.fileExists(atPath: staging.pushing("backup/lock").string))
        }
    }
}
