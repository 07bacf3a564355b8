import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

/// What reconciling needs of every storage.
extension StorageRequirement {
    static let upkeep = [
        StorageRequirement("every stored file is listed with its length, and nothing else is") { storage in
            let recording = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            var stored: [String: Int64] = [recording.key.string: recording.bytes]
            for number in 0..<3 {
                let staged = try await storage.stageArtifact()
                try staged.descriptor.writeAll("artifact \(number)".utf8)
                let artifact = try await storage.publish(staged, fileExtension: FileExtension("json"))
                stored[artifact.key.string] = artifact.bytes
            }
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("not published".utf8)
            try await storage.checkThoroughly()
            var listed: [String: Int64] = [:]
            try await storage.list { files in
                for file in files {
                    #expect(listed.updateValue(file.bytes, forKey: file.key.string) == nil)
                    #expect((-60...600).contains(file.age), "\(file.age)")
                    #expect(file.key.isArtifact == (file.key != recording.key))
                }
            }
            #expect(listed == stored)
            await storage.discard(staged)
        },
        StorageRequirement("every stored file is read whole and hashed, piece by piece, and a missing one is the request's fault") {
            storage in
            for bytes in [0, 1, 700_000] {
                let content = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 / 251) }
                try await Bytes.withFile(content) { file in
                    let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                    var paced = 0
                    let read = try await storage.digest(of: stored.key) { paced += $0 }
                    #expect(read.sha256 == stored.sha256 && read.bytes == bytes && paced == bytes)
                }
            }
            let error = await #expect(throws: StorageError.self) {
                _ = try await storage.digest(of: try StorageKey("recordings/of/nobody.webm")) { _ in }
            }
            #expect(error?.code == .notFound)
        },
        StorageRequirement("neither a young artifact nor any recording is removed, and a missing one was not") { storage in
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("young".utf8)
            let artifact = try await storage.publish(staged, fileExtension: nil)
            #expect(try await !storage.removeArtifact(artifact.key))
            #expect(try await storage.contains(artifact.key))
            #expect(try await Bytes.ofArtifact(artifact.key, in: storage) == Array("young".utf8))
            let recording = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            let error = await #expect(throws: StorageError.self) { try await storage.removeArtifact(recording.key) }
            #expect(error?.code == .invalidKey)
            #expect(try await storage.contains(recording.key))
            let digest = Bytes.sha256(Array("never stored".utf8))
            let key = try StorageKey("artifacts/\(digest.prefix(2))/\(digest.dropFirst(2).prefix(2))/\(digest)")
            #expect(try await !storage.removeArtifact(key))
        },
    ]
}
