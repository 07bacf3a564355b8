import NIOCore
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// What a store's answers say, and what they do not say.
@Suite(.tags(.server), .timeLimit(.minutes(5)))
struct S3AnswerTests {
    private static let artifact = {
        let digest = String(repeating: "3f", count: 32)
        return StorageKey.artifact(sha256: digest, fileExtension: nil)
    }()

    private static func error(of body: () async throws -> Void) async -> StorageError? {
        await #expect(throws: StorageError.self) { try await body() }
    }

    private static let refusals: [(Int, String, String)] = [
        (403, "AccessDenied", "s3:ListBucket"), (404, "NoSuchBucket", "Make the bucket"), (400, "ExpiredToken", "AWS_SESSION_TOKEN"),
        (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"), (403, "AllAccessDisabled", "closed the account"),
        (301, "PermanentRedirect", "s3-region"), (403, "InvalidObjectState", "archived"),
        (400, "AuthorizationHeaderMalformed", "AWS_ACCESS"),
    ]

    @Test(arguments: refusals.map(\.1))
    func `Where HEAD is refused, a GET tells why, wherever a file is asked about`(code: String) async throws {
        let (status, _, advice) = try #require(Self.refusals.first { $0.1 == code })
        try await Bucket.with { bucket in
            try await bucket.withStorage { storage in
                for ask in [
                    { _ = try await storage.openArtifact(Self.artifact) }, { _ = try await storage.removeArtifact(Self.artifact) },
                    { _ = try await storage.readArtifact(Self.artifact, 0..<0, of: 9) }, { _ = try await storage.contains(Self.artifact) },
                ] as [() async throws -> Void] {
                    bucket.proxy.spoil("HEAD", .answer(status, code: nil))
                    bucket.proxy.spoil("GET", .answer(status, code: code))
                    let error = await Self.error(of: ask)
                    #expect(error?.code == .unavailable)
                    #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
                    // What was not asked for, the next round does not meet.
                    bucket.proxy.forgetFaults()
                }
            }
        }
    }

    @Test func `A wrong clock is told apart from missing rights, and set right, wherever a file is asked about`() async throws {
        try await Bucket.with { bucket in
            bucket.proxy.spoil("HEAD", .answer(403, code: nil))
            bucket.proxy.spoil("GET", .answer(403, code: "RequestTimeTooSkewed"))
            try await bucket.withStorage { storage in
                let isRemoved = try await storage.removeArtifact(Self.artifact)
                #expect(!isRemoved)
            }
            #expect(bucket.proxy.isThrough)
        }
    }

    @Test(
        arguments: [(404, nil), (404, "NoSuchBucket"), (404, "NoSuchWebsite"), (403, nil), (403, "AccessDenied"), (405, nil)]
            as [(Int, String?)])
    func `Only a store that says so knows that a file is missing`(status: Int, code: String?) async throws {
        try await Bucket.with { bucket in
            try await bucket.withStorage { storage in
                let recording = try StorageKey("recordings/a.webm")
                for ask in [
                    { _ = try await storage.openRecording(recording) }, { _ = try await storage.contains(recording) },
                    { _ = try await storage.readArtifact(Self.artifact, 0..<5, of: 5) }, { _ = try await storage.identity() },
                    { _ = try await storage.removeArtifact(Self.artifact) }, { try await storage.checkPresence() },
                ] as [() async throws -> Void] {
                    bucket.proxy.spoil("HEAD", .answer(404, code: nil))
                    bucket.proxy.spoil("GET", .answer(status, code: code))
                    let error = await Self.error(of: ask)
                    #expect(error?.fault == .infrastructure, "\(error?.description ?? "")")
                    bucket.proxy.forgetFaults()
                }
            }
        }
    }

    @Test func `A request is sent on to another address of the same store, signed anew`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, content in
            let location = "Location: \(bucket.proxy.endpoint)/\(bucket.name)/some/where/\(stored.key)"
            bucket.proxy.spoil("HEAD", .reply(307, headers: [location]))
            bucket.proxy.spoil("GET", .reply(307, headers: [location], body: "<Error><Code>TemporaryRedirect</Code></Error>"))
            try await bucket.withStorage { storage in
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content)
            }
            #expect(bucket.proxy.isThrough)
        }
    }

    @Test(arguments: [301, 302, 307, 308])
    func `Nothing is sent on to a strange host, and the error names it`(status: Int) async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            let strange = try FaultyStore(before: bucket.store.port)
            let path = "/\(bucket.name)/some/where/\(stored.key)"
            for method in ["HEAD", "GET"] { bucket.proxy.spoil(method, .reply(status, headers: ["Location: \(strange.endpoint)\(path)"])) }
            try await bucket.withStorage { storage in
                let error = await Self.error { _ = try await storage.openRecording(stored.key) }
                #expect(error?.description.contains("names the host 127.0.0.1:\(strange.port)") == true, "\(error?.description ?? "")")
                #expect(error?.description.contains("s3-endpoint") == true)
            }
            #expect(strange.requests.isEmpty)
            strange.goAway()
        }
    }

    @Test func `The error for a bucket in another region names the region`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            for (status, headers, body) in [
                (301, ["x-amz-bucket-region: eu-west-1"], "<Error><Code>PermanentRedirect</Code></Error>"),
                (400, [], "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"),
            ] {
                bucket.proxy.spoil("HEAD", .reply(status, headers: headers))
                bucket.proxy.spoil("GET", .reply(status, headers: headers, body: body))
                try await bucket.withStorage { storage in
                    let error = await Self.error { _ = try await storage.openRecording(stored.key) }
                    #expect(
                        error?.description.contains("in the region eu-west-1, and s3-region is us-east-1") == true,
                        "\(error?.description ?? "")")
                }
            }
        }
    }

    @Test func `A redirection is followed to the store's own hosts only`() throws {
        let amazon = try #require(S3Endpoint.amazon(region: "eu-central-1"))
        let own = try #require(S3Endpoint("https://s3.example.org"))
        func host(_ location: String, of endpoint: S3Endpoint, bucket: String? = nil) -> String? {
            S3Redirect(location)?.host(for: "/k", of: endpoint, bucket: bucket)
        }
        #expect(host("https://s3.eu-west-1.amazonaws.com/k?x=1", of: amazon) == "s3.eu-west-1.amazonaws.com")
        #expect(host("https://b.s3-us-west-2.amazonaws.com/k", of: amazon, bucket: "b") == "b.s3-us-west-2.amazonaws.com")
        #expect(host("https://s3.example.org/k", of: own) == "s3.example.org")
        for location in [
            "http://s3.example.org/k", "https://s3.example.org:9000/k", "https://s3.example.org.evil.org/k",
            "https://evil.s3.example.org/k",
            "https://evil.org/k", "https://s3.example.org@evil.org/k", "https://s3.example.org/other", "//s3.example.org/k", "/k", "",
            "https://evil.org\\s3.example.org/k", "https://s3.eu-west-1.amazonaws.com/k",
        ] { #expect(host(location, of: own) == nil, "\(location)") }
        for location in [
            "https://evil.s3.eu-west-1.amazonaws.com/k", "https://s3.evil.org/k", "https://s3.eu-west-1.amazonaws.com.evil.org/k",
            "https://ec2.eu-west-1.amazonaws.com/k", "http://s3.eu-west-1.amazonaws.com/k",
        ] { #expect(host(location, of: amazon) == nil, "\(location)") }
        #expect(host("https://evil.s3.eu-west-1.amazonaws.com/k", of: amazon, bucket: "b") == nil)
    }

    @Test func `A file that changes between two parts of one download is not put together`() async throws {
        try await Bucket.withRecording(of: 300_000) { bucket, stored, _ in
            bucket.proxy.spoil("GET", .cutAnswer(after: 100_000), .header("ETag", "\"another\""))
            try await bucket.withStorage { storage in
                let error = await Self.error { _ = try await storage.openRecording(stored.key) }
                #expect(error?.description.contains("replaced while it was read") == true, "\(error?.description ?? "")")
                #expect(error?.fault == .infrastructure)
            }
        }
    }

    @Test(arguments: ["HEAD", "GET"])
    func `Bytes of a file whose version is not named are not taken, by`(method: String) async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.configuration.retries.tries = 1
            bucket.proxy.spoil(method, .header("ETag", nil))
            try await bucket.withStorage { storage in
                let error = await Self.error { _ = try await storage.openRecording(stored.key) }
                #expect(error?.fault == .infrastructure)
                #expect(error?.description.contains("(ETag)") == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func `A store that asks for a long pause is not asked again in it`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.proxy.spoil("GET", .reply(503, headers: ["Retry-After: 3600"], body: "<Error><Code>SlowDown</Code></Error>"))
            let before = bucket.proxy.requests.count { $0.method == "GET" }
            try await bucket.withStorage { storage in
                let error = await Self.error { _ = try await storage.openRecording(stored.key) }
                #expect(error?.code == .unavailable)
                #expect(error?.description.contains("asked for a pause of 3600 s") == true, "\(error?.description ?? "")")
            }
            #expect(bucket.proxy.requests.count { $0.method == "GET" } == before + 1)
        }
    }

    private static let file = """
        <Contents><Key>some/where/a.webm</Key><LastModified>2026-11-26T04:34:16.000Z</LastModified><Size>5</Size></Contents>
        """
    private static let lists = [
        "an error": "<Error><Code>AccessDenied</Code></Error>",
        "a part of it": "<ListBucketResult><IsTruncated>false</IsTruncated>\(file)",
        "nothing": "", "another page": "<html>Please sign in</html>", "no end": "<ListBucketResult>\(file)</ListBucketResult>",
        "a file without a size":
            "<ListBucketResult><IsTruncated>false</IsTruncated>\(file.replacing("<Size>5</Size>", with: ""))</ListBucketResult>",
        "no next page": "<ListBucketResult><IsTruncated>true</IsTruncated>\(file)</ListBucketResult>",
    ]

    @Test(arguments: lists.keys.sorted())
    func `A list that is not whole is no list, whatever its status says: it has`(what: String) async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.configuration.retries.tries = 1
            bucket.proxy.spoil("GET", .reply(200, body: try #require(Self.lists[what])))
            try await bucket.withStorage { storage in
                let error = await Self.error { try await storage.list { _ in } }
                #expect(error?.fault == .infrastructure, "\(error?.description ?? "")")
                var listed: [StorageKey] = []
                try await storage.list { listed += $0.map(\.key) }
                #expect(listed == [stored.key])
            }
        }
    }

    @Test func `An error behind the status 200 is tried again like any other`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.proxy.spoil("GET", .reply(200, body: "<Error><Code>InternalError</Code></Error>"))
            try await bucket.withStorage { storage in
                var listed: [StorageKey] = []
                try await storage.list { listed += $0.map(\.key) }
                #expect(listed == [stored.key])
            }
        }
    }

    @Test func `A check does not overwrite another program's file, and a marker no other marker`() async throws {
        try await Bucket.with { bucket in
            try await bucket.withClient { client in
                _ = try await client.send(S3Request(method: .PUT, key: ".check", body: .text("another's")))
            }
            let given = try #require(StorageIdentity("8a0f2d1c-0000-4000-8000-00000000abcd"))
            let other = try #require(StorageIdentity("8a0f2d1c-0000-4000-8000-00000000ffff"))
            try await bucket.withStorage { storage in
                let error = await Self.error { try await storage.checkThoroughly() }
                #expect(error?.description.contains("another program's") == true, "\(error?.description ?? "")")
                #expect(try await bucket.contents().keys[".check"] == 9)
                // Somebody marks it between the look and the marking.
                try await storage.mark(as: given)
                bucket.proxy.spoil("GET", .answer(404, code: "NoSuchKey"))
                try await storage.mark(as: other)
                #expect(try await storage.identity() == given)
            }
        }
    }

    @Test func `A slow reader of an artifact holds no connection, and is not read ahead for`() async throws {
        try await Bucket.withRecording(of: 1_000_000) { bucket, stored, content in
            try await bucket.withStorage { storage in
                let begun = bucket.proxy.requests.count
                var pieces = try await storage.readArtifact(stored.key, 10..<1_000_000, of: 1_000_000).makeAsyncIterator()
                var received = Array(try #require(try await pieces.next()).readableBytesView)
                try await until { bucket.proxy.connections == 0 }
                #expect(bucket.proxy.requests[begun...].compactMap(\.range) == [10...262_153])
                while let piece = try await pieces.next() { received += Array(piece.readableBytesView) }
                #expect(received == Array(content[10...]))
                let asked = bucket.proxy.requests[begun...]
                #expect(asked.count == 4 && asked.dropFirst().allSatisfy { $0.headers["if-match"]?.isEmpty == false })
            }
        }
    }

    @Test func `A question without bytes is asked by HEAD, and told what is true`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            let begun = bucket.proxy.requests.count
            try await bucket.withStorage { storage in
                _ = try await storage.readArtifact(stored.key, 0..<0, of: 1000)
                #expect(bucket.proxy.requests[begun...].map(\.method) == ["HEAD"])
                for (key, bytes) in [(stored.key, Int64(999)), (Self.artifact, 1000)] {
                    let error = await Self.error { _ = try await storage.readArtifact(key, 0..<0, of: bytes) }
                    #expect(error?.code == .notFound, "\(error?.description ?? "")")
                }
            }
        }
    }
}
