import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// What is stored under a key is the content that the key names: hashed while it is sent, and believed to be there only by a record of that.
@Suite(.tags(.server), .timeLimit(.minutes(5)))
struct VerifiedUploadTests {
    /// How a bucket gets a file: at once or in parts.
    enum Way: CaseIterable {
        case whole
        case parts

        var bytes: Int { self == .whole ? 2 << 20 : (5 << 20) + 1000 }

        func with(_ body: (inout Bucket, FileDescriptor, [UInt8]) async throws -> Void) async throws {
            try await Bucket.with { bucket in
                bucket.configuration.partBytes = 5 << 20
                var content = [UInt8](repeating: 7, count: bytes)
                for place in stride(from: 0, to: bytes, by: 4096) { content[place] = UInt8(truncatingIfNeeded: place >> 12) }
                try await Bytes.withFile(content) { file in try await body(&bucket, file, content) }
            }
        }
    }

    private static func key(of content: [UInt8]) -> String {
        let digest = Bytes.sha256(content)
        return "recordings/\(digest.prefix(2))/\(digest)"
    }

    private static func change(_ file: FileDescriptor, at offset: Int64) {
        _ = try? file.writeAll(toAbsoluteOffset: offset, [0xAA])
    }

    private static func expectRefused(_ file: FileDescriptor, by bucket: Bucket) async throws {
        try await bucket.withStorage { storage in
            let error = await #expect(throws: StorageError.self) { _ = try await storage.storeRecording(from: file, fileExtension: nil) }
            #expect(error?.code == .unreadableSource, "\(error?.description ?? "")")
        }
        let contents = try await bucket.contents()
        #expect(contents.keys.isEmpty && contents.uploads.isEmpty)
    }

    private struct Recorded {
        var checksum: String
        var record: String
    }

    private static func headers(ofPutsTo bucket: Bucket) -> [Recorded] {
        bucket.proxy.requests.filter { $0.method == "PUT" }.map {
            Recorded(checksum: $0.headers[ObjectRecord.checksum] ?? "", record: $0.headers[ObjectRecord.header] ?? "")
        }
    }

    @Test(arguments: Way.allCases, [true, false])
    func `a file that changes between hashing and sending is refused, and nothing is there, also where the store compares nothing`(
        way: Way, comparesNothing: Bool
    ) async throws {
        try await way.with { bucket, file, content in
            if comparesNothing { try await bucket.store.compareNothing(in: bucket.name) }
            for offset in [0, content.count - 1] {
                // It is hashed before the store is asked whether it has it.
                bucket.proxy.spoil("HEAD", .after({ Self.change(file, at: Int64(offset)) }, .pass))
                try await Self.expectRefused(file, by: bucket)
                _ = try file.writeAll(toAbsoluteOffset: 0, content)
            }
            try await bucket.withStorage { storage in
                let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content && stored.key.string == Self.key(of: content))
            }
        }
    }

    @Test(arguments: Way.allCases)
    func `a file that changes while it is sent is refused, and nothing is there`(way: Way) async throws {
        try await way.with { bucket, file, content in
            try await bucket.store.compareNothing(in: bucket.name)
            // It is sent once, and then again. In each part, because any of them may be the one.
            let change: @Sendable () -> Void = {
                for offset in stride(from: 7, to: Int64(content.count), by: 1 << 20) { Self.change(file, at: offset) }
            }
            bucket.proxy.spoil("PUT", .after(change, .answer(503, code: "SlowDown")))
            try await Self.expectRefused(file, by: bucket)
        }
    }

    @Test func `a staged artifact that changes is the storage's fault, so that no recording is blamed`() async throws {
        try await Bucket.with { bucket in
            try await bucket.withStorage { storage in
                let staged = try await storage.stageArtifact()
                try staged.descriptor.writeAll([UInt8](repeating: 1, count: 2 << 20))
                let file = try staged.descriptor.duplicate()
                defer { try? file.close() }
                bucket.proxy.spoil("PUT", .after({ Self.change(file, at: 7) }, .answer(503, code: "SlowDown")))
                do throws(StorageError) {
                    _ = try await storage.publish(staged, fileExtension: nil)
                    Issue.record("it was published")
                } catch {
                    #expect(error.fault == .infrastructure, "\(error)")
                }
            }
            #expect(try await bucket.contents().keys.isEmpty)
        }
    }

    @Test func `bytes that are damaged on the way are refused by the store, and sent again`() async throws {
        try await Way.parts.with { bucket, file, content in
            bucket.proxy.spoil("PUT", .corruptRequest)
            try await bucket.withStorage { storage in
                let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content)
            }
            #expect(bucket.proxy.requests.count { $0.method == "PUT" } == 3)
        }
    }

    @Test(arguments: Way.allCases)
    func `an object of the right length that is not known to be the content is replaced, and a known one costs one question`(
        way: Way
    ) async throws {
        try await way.with { bucket, file, content in
            let key = Self.key(of: content)
            let records: [[(name: String, value: String)]] = [[], [(name: ObjectRecord.header, value: Bytes.sha256([1]))]]
            for headers in records {
                try await bucket.withClient { client in
                    let other = String(repeating: "x", count: content.count)
                    _ = try await client.send(S3Request(method: .PUT, key: key, headers: headers, body: .text(other)))
                }
                try await bucket.withStorage { storage in
                    let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                    let received = try await Bytes.ofRecording(stored.key, in: storage)
                    #expect(received == content)
                }
            }
            let before = bucket.proxy.requests.count
            try await bucket.withStorage { storage in _ = try await storage.storeRecording(from: file, fileExtension: nil) }
            // Before its first upload in parts a process looks for those of others that were killed.
            let asked = bucket.proxy.requests[before...].map(\.method).filter { $0 != "GET" }
            #expect(asked == ["HEAD"])
        }
    }

    @Test func `a store that takes no checksums gets the file without, and what is there is known by this program's record`() async throws {
        try await Way.whole.with { bucket, file, content in
            bucket.proxy.spoil("PUT", .answer(501, code: "NotImplemented"))
            try await bucket.withStorage { storage in _ = try await storage.storeRecording(from: file, fileExtension: nil) }
            let sent = Self.headers(ofPutsTo: bucket)
            #expect(sent.map(\.checksum.isEmpty) == [false, true])
            let digest = Bytes.sha256(content)
            #expect(sent.map(\.record) == [digest, digest])
            try await bucket.withStorage { storage in _ = try await storage.storeRecording(from: file, fileExtension: nil) }
            #expect(Self.headers(ofPutsTo: bucket).count == 2)
        }
    }

    @Test func `an upload that somebody aborted is not taken for complete because an older object has its length`() async throws {
        try await Way.parts.with { bucket, file, content in
            try await bucket.withClient { client in
                let other = String(repeating: "x", count: content.count)
                _ = try await client.send(S3Request(method: .PUT, key: Self.key(of: content), body: .text(other)))
            }
            bucket.proxy.spoil("POST", .pass, .answer(404, code: "NoSuchUpload"))
            try await bucket.withStorage { storage in
                let error = await #expect(throws: StorageError.self) {
                    _ = try await storage.storeRecording(from: file, fileExtension: nil)
                }
                #expect(error?.fault == .infrastructure)
            }
        }
    }

    @Test func `an artifact that was damaged is whole after it was made again, whatever its record says`() async throws {
        try await Bucket.with { bucket in
            let content = [UInt8](repeating: 5, count: 2 << 20)
            try await bucket.withStorage { storage in
                func publish() async throws -> StoredFile {
                    let staged = try await storage.stageArtifact()
                    try staged.descriptor.writeAll(content)
                    return try await storage.publish(staged, fileExtension: nil)
                }
                let stored = try await publish()
                try await bucket.store.damage("some/where/\(stored.key)", in: bucket.name, .flip)
                let damaged = try await storage.digest(of: stored.key) { _ in }
                #expect(damaged.sha256 != stored.sha256 && damaged.bytes == stored.bytes)
                #expect(try await publish() == stored)
                let again = try await storage.digest(of: stored.key) { _ in }
                #expect(again.sha256 == stored.sha256)
            }
        }
    }

    @Test func `in a folder too, a file of the right length that is another one is replaced`() async throws {
        try await TemporaryFolder.with { folder in
            let storage = try await FolderStorage.open(folder)
            let source = Fixtures.recording("audio-only.webm")
            let stored = try await storage.storeRecording(from: source)
            let file = try FileDescriptor.open(folder.appending(stored.key.string), .readWrite)
            defer { try? file.close() }
            Self.change(file, at: 100)
            #expect(try await storage.digest(of: stored.key, pace: { _ in }).sha256 != stored.sha256)
            let before = try await storage.openRecording(stored.key)
            #expect(try await storage.storeRecording(from: source) == stored)
            #expect(try await storage.digest(of: stored.key, pace: { _ in }).sha256 == stored.sha256)
            #expect(try await OpenedFile.sha256(of: before.descriptor) != stored.sha256, "who had it open reads on")
        }
    }

    @Test func `a file that somebody writes to while it is copied is refused`() async throws {
        try await Bytes.withFile(Array("first".utf8)) { file in
            let copied = try SourceFile.unchanged(file) { () throws(StorageError) in 1 }
            #expect(copied == 1)
            let error = #expect(throws: StorageError.self) {
                try SourceFile.unchanged(file) { () throws(StorageError) in
                    _ = try? file.writeAll(toAbsoluteOffset: 5, Array(" and more".utf8))
                }
            }
            #expect(error?.code == .unreadableSource)
        }
    }

    @Test func `a record is believed when it names this content, and the store's own word goes first`() throws {
        let content = StoredFile(key: try StorageKey("recordings/x"), bytes: 3, sha256: Bytes.sha256(Array("abc".utf8)))
        let (right, wrong) = ("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        func confirms(_ headers: [(String, String)], length: String = "3") -> Bool {
            ObjectRecord(.init([("content-length", length)] + headers)).confirms(content)
        }
        let own = (ObjectRecord.header, content.sha256)
        #expect(confirms([own]))
        #expect(confirms([(ObjectRecord.checksum, right)]))
        #expect(confirms([own, (ObjectRecord.checksum, "\(wrong)-2")]), "a hash of parts' hashes says nothing of the whole")
        #expect(confirms([own, (ObjectRecord.checksum, wrong), ("x-amz-checksum-type", "COMPOSITE")]))
        #expect(!confirms([own, (ObjectRecord.checksum, wrong)]))
        #expect(!confirms([]))
        #expect(!confirms([(ObjectRecord.header, Bytes.sha256([]))]))
        #expect(!confirms([own, (ObjectRecord.checksum, right)], length: "4"))
    }
}
