import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Whose unfinished uploads are aborted, and whose are not.
@Suite(.tags(.server), .timeLimit(.minutes(5)))
struct LeftoverUploadsTests {
    private static let digest = String(repeating: "3f", count: 32)

    private static func begin(_ key: String, in bucket: Bucket) async throws {
        try await bucket.withClient { client in
            _ = try await client.send(S3Request(method: .POST, key: key, query: [("uploads", "")]))
        }
    }

    /// Stores something in parts, in a process of its own, as it seems.
    private static func store(_ byte: UInt8, in bucket: Bucket) async throws {
        try await Bytes.withFile([UInt8](repeating: byte, count: 6 << 20)) { file in
            try await bucket.withStorage { _ = try await $0.storeRecording(from: file, fileExtension: nil) }
        }
    }

    @Test func `An old unfinished upload of a killed process is aborted by a later process, and a recent one is not`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            try await Self.begin("recordings/3f/\(Self.digest).webm", in: bucket)
            try await Self.begin("artifacts/3f/3f/\(Self.digest).webm", in: bucket)
            // Moto says of every upload that it was begun in 2010.
            let usual = bucket.configuration.leftoverSeconds
            bucket.configuration.leftoverSeconds = 100 * 365 * 86_400
            try await Self.store(1, in: bucket)
            #expect(try await bucket.contents().uploads.count == 2)
            bucket.configuration.leftoverSeconds = usual
            try await Self.store(2, in: bucket)
            #expect(try await bucket.contents().uploads == [])
        }
    }

    @Test(arguments: ["some/where", ""])
    func `Old uploads of other programs in the same bucket go on, below the prefix too`(prefix: String) async throws {
        try await Bucket.with { whole in
            var bucket = whole
            bucket.configuration.partBytes = 5 << 20
            bucket.configuration.location = try #require(S3Location("s3://\(bucket.name)" + (prefix.isEmpty ? "" : "/\(prefix)")))
            var foreign: [String] = []
            for key in [
                "database.dump", "recordings/autumn.webm", "recordings/3f/video.webm", "uploads/3f/\(Self.digest).webm",
                "recordings/aa/\(Self.digest).webm", "recordings/3f/\(Self.digest)0.webm", "recordings/3f/\(Self.digest).d/part-1",
                "artifacts/3f/\(Self.digest).webm", "artifacts/3f/3f/\(Self.digest).tar.gz",
            ] {
                try await Self.begin(key, in: bucket)
                foreign.append(bucket.configuration.location.prefix.isEmpty ? key : "\(prefix)/\(key)")
            }
            // In another place of the bucket even what looks like this program's is another's.
            whole.configuration.location = try #require(S3Location("s3://\(bucket.name)/backup"))
            try await Self.begin("recordings/3f/\(Self.digest).webm", in: whole)
            foreign.append("backup/recordings/3f/\(Self.digest).webm")
            try await Self.store(3, in: bucket)
            #expect(Set(try await bucket.contents().uploads) == Set(foreign))
        }
    }

    @Test func `A list of uploads that does not keep to the prefix leads to nothing outside of it`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            let listed = ["other/place/recordings/3f/\(Self.digest).webm", "recordings/3f/\(Self.digest).webm"]
                .map { "<Upload><Key>\($0)</Key><UploadId>abc</UploadId><Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>" }
            for _ in 1...2 {
                bucket.proxy.spoil(
                    "GET",
                    .reply(
                        200, headers: ["Date: Thu, 26 Nov 2026 04:34:16 GMT"],
                        body: "<ListMultipartUploadsResult>\(listed.joined())<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
                )
            }
            try await Self.store(4, in: bucket)
            #expect(bucket.proxy.requests.count { $0.target.contains("uploads=") && $0.method == "GET" } == 2)
            #expect(!bucket.proxy.requests.contains { $0.method == "DELETE" })
        }
    }

    @Test func `A long list of uploads is read page by page`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            try await Self.begin("recordings/3f/\(Self.digest).webm", in: bucket)
            let foreign = """
                <Upload><Key>some/where/recordings/x</Key><UploadId>1</UploadId><Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>
                """
            bucket.proxy.spoil(
                "GET",
                .reply(
                    200, headers: ["Date: Thu, 26 Nov 2026 04:34:16 GMT"],
                    body: """
                        <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\(foreign)<IsTruncated>true</IsTruncated>\
                        <NextKeyMarker>some/where/recordings/x</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker></ListMultipartUploadsResult>
                        """))
            try await Self.store(5, in: bucket)
            #expect(bucket.proxy.requests.contains { $0.target.contains("key-marker=some%2Fwhere%2Frecordings%2Fx") })
            #expect(try await bucket.contents().uploads == [])
        }
    }
}
