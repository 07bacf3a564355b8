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
}
