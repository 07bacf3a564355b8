import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// What is decided without a network.
@Suite(.tags(.server))
struct S3RulesTests {
    @Test func `Tries end, and the waits between them double up to a limit, each cut at random`() {
        var backoff = Backoff()
        var waits: [Duration] = []
        while let wait = backoff.failed(jitter: 1) { waits.append(wait) }
        #expect(waits == [.milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600), .milliseconds(3200)])
        var other = Backoff()
        #expect(other.failed(jitter: 0) == .zero)
        #expect(other.failed(jitter: 0.5) == .milliseconds(200))
        other.progressed()
        #expect(other.failed(jitter: 1) == .milliseconds(200))
    }

    @Test func `A file is cut into whole parts, no more of them than S3 takes`() {
        #expect(UploadPlan.parts(of: 12, partBytes: 5) == [0..<5, 5..<10, 10..<12])
        #expect(UploadPlan.parts(of: 10, partBytes: 5) == [0..<5, 5..<10])
        let large = UploadPlan.parts(of: 1 << 40, partBytes: 16 << 20)
        #expect(large.count <= 10_000)
        #expect(large.last?.upperBound == 1 << 40)
        #expect(zip(large, large.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }

    @Test func `The needed parts of S3's documents are read, and other documents give nothing`() {
        let document = S3Document(
            "<?xml version=\"1.0\"?><List xmlns=\"x\"><Upload><Key>a&amp;b&lt;c</Key></Upload><Upload><Key>&amp;lt;</Key></Upload></List>")
        #expect(document.elements("Upload").map { $0["Key"] } == ["a&b<c", "&lt;"])
        #expect(document["Code"] == nil)
        #expect(S3Document("<Code>SlowDown")["Code"] == nil)
        #expect(S3Document("")["Code"] == nil)
        #expect(S3Document.escaped("\"a&b\"") == "&quot;a&amp;b&quot;")
    }

    @Test func `A location names a bucket and a place in it`() throws {
        let location = try #require(S3Location("s3://answers.example-1/2026/autumn/"))
        #expect(location.bucket == "answers.example-1")
        #expect(location.prefix == "2026/autumn")
        #expect(location.description == "s3://answers.example-1/2026/autumn")
        #expect(S3Location("s3://answers")?.prefix == "")
        for text in [
            "s3://", "s3://ab", "s3://Upper", "s3://-answers", "s3://answers/a//b", "s3://answers/../b", "http://answers", "s3://a_b_c",
        ] {
            #expect(S3Location(text) == nil, "\(text)")
        }
    }

    @Test func `An endpoint is a scheme, a host and a port`() {
        #expect(S3Endpoint("https://S3.example.org/")?.description == "https://s3.example.org")
        #expect(S3Endpoint("https://s3.example.org:443")?.description == "https://s3.example.org")
        #expect(S3Endpoint("http://127.0.0.1:9000")?.authority == "127.0.0.1:9000")
        #expect(S3Endpoint("http://[::1]:9000")?.authority == "[::1]:9000")
        for text in [
            "s3.example.org", "ftp://s3.example.org", "https://s3.example.org/path", "https://a:b@s3.example.org", "http://h:0",
            "http://h:70000",
        ] {
            #expect(S3Endpoint(text) == nil, "\(text)")
        }
    }

    @Test func `A bucket stands in the path or in the host's name`() throws {
        func address(_ addressing: S3Storage.Configuration.Addressing, _ location: String) throws -> S3Address {
            S3Address(
                S3Storage.Configuration(
                    location: try #require(S3Location(location)), endpoint: try #require(S3Endpoint.amazon(region: "eu-central-1")),
                    region: "eu-central-1", addressing: addressing, credentials: Bucket.keys(""),
                    spool: "/", spoolBytes: 0, givesLinks: true))
        }
        let path = try address(.path, "s3://answers/autumn")
        #expect(path.origin + path.path("a b.webm") == "https://s3.eu-central-1.amazonaws.com/answers/autumn/a%20b.webm")
        #expect(path.path(nil) == "/answers")
        let host = try address(.virtualHost, "s3://answers")
        #expect(host.origin + host.path("a/b.webm") == "https://answers.s3.eu-central-1.amazonaws.com/a/b.webm")
        #expect(host.path(nil) == "/")
    }

    @Test func `Keys that this storage gave name their content's digest, and others do not`() throws {
        let digest = String(repeating: "3f", count: 32)
        #expect(try StorageKey("recordings/3f/\(digest).webm").digest == digest)
        #expect(try StorageKey("artifacts/3f/3f/\(digest)").digest == digest)
        #expect(try StorageKey("uploads/3f/\(digest).webm").digest == nil)
        #expect(try StorageKey("recordings/3f/\(digest)0.webm").digest == nil)
    }
}
