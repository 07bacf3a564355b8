import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

@Suite(.tags(.server), .timeLimit(.minutes(2)))
struct SpoolTests {
    @Test func `A request for more space than is free waits, in order, until space is freed`() async throws {
        let space = SpoolSpace(bytes: 10)
        var first = try await space.reserve(6)
        #expect(first != nil)
        // A task keeps what it came to.
        var large: Task<SpoolReservation?, any Error>? = Task { try await space.reserve(7) }
        try await until { space.waiting == 1 }
        // It would fit, and has to wait for the large one all the same.
        let small = Task { try await space.reserve(4) != nil }
        try await until { space.waiting == 2 }
        first = nil
        #expect(try await large?.value != nil)
        #expect(space.waiting == 1)
        large = nil
        #expect(try await small.value)
    }

    @Test func `A cancelled request does not block the others`() async throws {
        let space = SpoolSpace(bytes: 10)
        let held = try await space.reserve(6)
        let large = Task { try await space.reserve(7) }
        try await until { space.waiting == 1 }
        let small = Task { try await space.reserve(4) }
        try await until { space.waiting == 2 }
        large.cancel()
        let given = try await large.value
        #expect(given == nil)
        let served = try await small.value
        #expect(served != nil && held != nil)
    }

    @Test func `A request for more than the whole spool is refused, and the error names the setting`() async throws {
        let error = await #expect(throws: StorageError.self) { _ = try await SpoolSpace(bytes: 10).reserve(11) }
        #expect(error?.code == .full)
        #expect(error?.description.contains("spool-mib") == true)
    }

    @Test func `Files of the spool have no names, and what is fetched is gone when it is closed`() async throws {
        try await Bucket.withRecording(of: 2000) { bucket, stored, _ in
            let spool = bucket.configuration.spool
            bucket.configuration.spoolBytes = 4000
            try await bucket.withStorage { storage in
                for _ in 1...3 {
                    let opened = try await storage.openRecording(stored.key)
                    #expect(opened.bytes == 2000)
                    #expect(try FileManager.default.contentsOfDirectory(atPath: spool.string) == [])
                }
                let staged = try await storage.stageArtifact()
                #expect(try FileManager.default.contentsOfDirectory(atPath: spool.string) == [])
                await storage.discard(staged)
            }
        }
    }

    @Test func `No more is fetched at once than the spool may hold`() async throws {
        try await Bucket.withRecording(of: 2000) { bucket, stored, content in
            // Room for one with its copy, not for two.
            bucket.configuration.spoolBytes = 7999
            try await bucket.withStorage { storage in
                let begun = bucket.proxy.requests.count
                let second: Task<Int64, any Error>
                do {
                    let first = try await storage.openRecording(stored.key)
                    second = Task { try await storage.openRecording(stored.key).bytes }
                    try await until { storage.spool.space.waiting == 1 }
                    #expect(try Bytes.of(first.descriptor) == content)
                    #expect(bucket.proxy.requests[begun...].map(\.method) == ["HEAD", "GET", "HEAD"])
                }
                #expect(try await second.value == 2000)
                #expect(bucket.proxy.requests[begun...].map(\.method) == ["HEAD", "GET", "HEAD", "GET"])
            }
        }
    }
}
