import NIOCore
import Storage
import SystemPackage
import TestSupport
import Testing

/// One thing that every storage has to do, to be run against each implementation.
struct StorageRequirement: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: @Sendable (any RecordingStorage) async throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (any RecordingStorage) async throws -> Void) {
        testDescription = sentence
        self.check = check
    }

    static let all = recordings + artifacts + parts + identity + upkeep
}

extension StorageRequirement {
    private static let identity = [
        StorageRequirement("a storage carries the first identity that it was given, and no key leads to the marker") { storage in
            #expect(try await storage.identity() == nil)
            let given = try #require(StorageIdentity("8A0F2D1C-0000-4000-8000-00000000abcd"))
            try await storage.mark(as: given)
            #expect(try await storage.identity() == given)
            try await storage.mark(as: try #require(StorageIdentity("00000000-0000-4000-8000-000000000000")))
            #expect(try await storage.identity() == given)
            #expect(throws: StorageError.self) { _ = try StorageKey(StorageIdentity.markerName) }
            try await storage.takePlace()
            try await storage.checkPresence()
        }
    ]

    private static let recordings = [
        StorageRequirement("a recording comes back byte for byte") { storage in
            let source = Fixtures.recording("chrome-vp9-opus.webm")
            let stored = try await storage.storeRecording(from: source)
            let original = try Bytes.of(source)
            #expect(try await Bytes.ofRecording(stored.key, in: storage) == original)
            #expect(stored.bytes == Int64(original.count))
            #expect(stored.sha256 == Bytes.sha256(original))
            #expect(stored.key.string == "recordings/\(stored.sha256.prefix(2))/\(stored.sha256).webm")
            #expect(try await storage.contains(stored.key))
        },
        StorageRequirement("the same recording twice is one recording") { storage in
            let source = Fixtures.recording("audio-only.webm")
            let first = try await storage.storeRecording(from: source)
            #expect(try await storage.storeRecording(from: source) == first)
        },
        StorageRequirement("an empty recording is kept like any other") { storage in
            try await Bytes.withFile([]) { empty in
                let stored = try await storage.storeRecording(from: empty, fileExtension: nil)
                #expect(stored.bytes == 0)
                #expect(try await Bytes.ofRecording(stored.key, in: storage) == [])
            }
        },
        StorageRequirement("a recording is read from its beginning, wherever its descriptor stands") { storage in
            try await Bytes.withFile(Array("whole".utf8)) { file in
                try file.seek(offset: 3, from: .start)
                let stored = try await storage.storeRecording(from: file, fileExtension: FileExtension("txt"))
                #expect(try await Bytes.ofRecording(stored.key, in: storage) == Array("whole".utf8))
                #expect(try file.seek(offset: 0, from: .current) == 3)
            }
        },
        StorageRequirement("a missing recording is the recording's fault") { storage in
            let key = try StorageKey("recordings/of/nobody.webm")
            let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(key) }
            #expect(error?.code == .notFound)
            #expect(error?.fault == .request)
            #expect(try await !storage.contains(key))
        },
        StorageRequirement("a recording that is too large is not opened, and its size is told") { storage in
            try await Bytes.withFile(Array("12345".utf8)) { file in
                let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key, atMost: 4) }
                #expect(error?.code == .tooLarge)
                #expect(error?.fault == .request)
                #expect(error?.bytes == 5)
                #expect(try await storage.openRecording(stored.key, atMost: 5).bytes == 5)
            }
        },
        StorageRequirement("a storage that works says so") { storage in
            try await storage.checkPresence()
            try await storage.checkThoroughly()
        },
        StorageRequirement("what is no readable file is not imported") { storage in
            for path in [FilePath("/nowhere/to/be/found.webm"), Fixtures.recordings, "/dev/null"] {
                let error = await #expect(throws: StorageError.self) { _ = try await storage.storeRecording(from: path) }
                #expect(error?.code == .unreadableSource)
            }
        },
    ]

    private static let artifacts = [
        StorageRequirement("an artifact is named by what is in it") { storage in
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("a poster".utf8)
            let stored = try await storage.publish(staged, fileExtension: FileExtension("jpg"))
            let digest = Bytes.sha256(Array("a poster".utf8))
            #expect(stored.sha256 == digest)
            #expect(stored.bytes == 8)
            #expect(stored.key.string == "artifacts/\(digest.prefix(2))/\(digest.dropFirst(2).prefix(2))/\(digest).jpg")
            #expect(try await Bytes.ofArtifact(stored.key, in: storage) == Array("a poster".utf8))
        },
        StorageRequirement("an artifact is invisible until it is published, and gone when it is discarded") { storage in
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("unwanted".utf8)
            let digest = Bytes.sha256(Array("unwanted".utf8))
            let key = try StorageKey("artifacts/\(digest.prefix(2))/\(digest.dropFirst(2).prefix(2))/\(digest)")
            #expect(try await !storage.contains(key))
            await storage.discard(staged)
            #expect(try await !storage.contains(key))
        },
        StorageRequirement("an artifact that was written out of order is hashed as it stands") { storage in
            let staged = try await storage.stageArtifact()
            _ = try staged.descriptor.writeAll(toAbsoluteOffset: 5, "body".utf8)
            _ = try staged.descriptor.writeAll(toAbsoluteOffset: 0, "head ".utf8)
            let stored = try await storage.publish(staged, fileExtension: nil)
            #expect(stored.sha256 == Bytes.sha256(Array("head body".utf8)))
        },
        StorageRequirement("the same artifact published by many at once is one artifact") { storage in
            let published = try await withThrowingTaskGroup(of: StoredFile.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let staged = try await storage.stageArtifact()
                        try staged.descriptor.writeAll("common".utf8)
                        return try await storage.publish(staged, fileExtension: FileExtension("json"))
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(published.count == 1)
            let key = try #require(published.first).key
            #expect(try await Bytes.ofArtifact(key, in: storage) == Array("common".utf8))
        },
        StorageRequirement("an opened file stays whole while the same content is published again") { storage in
            let content = Array("kept open".utf8)
            let first = try await storage.stageArtifact()
            try first.descriptor.writeAll(content)
            let stored = try await storage.publish(first, fileExtension: nil)
            let opened = try await storage.openArtifact(stored.key)
            #expect(try await OpenedFile.sha256(of: opened.descriptor) == stored.sha256)
            let second = try await storage.stageArtifact()
            try second.descriptor.writeAll(content)
            _ = try await storage.publish(second, fileExtension: nil)
            #expect(opened.bytes == Int64(content.count))
            #expect(try Bytes.of(opened.descriptor) == content)
        },
        StorageRequirement("a stored file cannot be written through what was opened") { storage in
            let stored = try await storage.storeRecording(from: Fixtures.recording("audio-only.webm"))
            let opened = try await storage.openRecording(stored.key)
            #expect(throws: Errno.badFileDescriptor) { try opened.descriptor.writeAll("x".utf8) }
        },
    ]

    private static let parts = [
        StorageRequirement("a part of an artifact is read without the rest, and all of it too") { storage in
            let content = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll(content)
            let stored = try await storage.publish(staged, fileExtension: nil)
            for range: Range<Int64> in [0..<1, 0..<700_000, 300_000..<690_001, 699_999..<700_000, 5..<5] {
                let part = try await storage.readArtifact(stored.key, range, of: stored.bytes)
                var received: [UInt8] = []
                for try await piece in part { received += Array(piece.readableBytesView) }
                #expect(received == Array(content[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
        },
        StorageRequirement("whoever receives a part may stop in the middle") { storage in
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll([UInt8](repeating: 1, count: 700_000))
            let stored = try await storage.publish(staged, fileExtension: nil)
            for try await piece in try await storage.readArtifact(stored.key, 0..<stored.bytes, of: stored.bytes) {
                #expect(piece.readableBytes > 0)
                break
            }
        },
        StorageRequirement("a missing artifact, and one of another length, has no parts") { storage in
            let staged = try await storage.stageArtifact()
            try staged.descriptor.writeAll("12345".utf8)
            let stored = try await storage.publish(staged, fileExtension: nil)
            let missing = try StorageKey("artifacts/of/nobody.webm")
            for (key, bytes) in [(missing, Int64(5)), (stored.key, 4), (stored.key, 6)] {
                let error = await #expect(throws: StorageError.self) { _ = try await storage.readArtifact(key, 0..<bytes, of: bytes) }
                #expect(error?.code == .notFound)
            }
        },
    ]
}
