import Foundation
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Against the examples of the Amazon S3 API reference ("Signature Calculations for the Authorization Header", "Authenticating Requests:
/// Using Query Parameters"); every request of the other S3 tests is judged by botocore.
@Suite(.tags(.server))
struct S3SignatureTests {
    private let signature = RequestSignature(
        credentials: S3Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    private let time = SigningTime(secondsSince1970: 1_369_353_600)
    private static let host = (name: "host", value: "examplebucket.s3.amazonaws.com")

    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: RequestSignature.Request
        var payload = RequestSignature.emptyPayload
        var signature: String
    }

    static let examples = [
        Example(
            testDescription: "GET Object",
            request: .init(method: "GET", path: "/test.txt", headers: [host, ("range", "bytes=0-9")]),
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            testDescription: "PUT Object",
            request: .init(
                method: "PUT", path: "/" + PercentEncoding.encode("test$file.text", slashes: false),
                headers: [host, ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]),
            payload: ContentDigest.of("Welcome to Amazon S3."),
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            testDescription: "GET Bucket Lifecycle",
            request: .init(method: "GET", path: "/", query: [("lifecycle", "")], headers: [host]),
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            testDescription: "List Objects",
            request: .init(method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")], headers: [host]),
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: examples)
    func `A request is signed as Amazon's example is`(example: Example) throws {
        let headers = signature.headers(for: example.request, payload: example.payload, at: time)
        let authorization = try #require(headers.first { $0.name == "authorization" }).value
        #expect(authorization.hasSuffix("Signature=\(example.signature)"), "\(authorization)")
    }

    @Test func `A link is signed as Amazon's example is`() {
        let request = RequestSignature.Request(method: "GET", path: "/test.txt", headers: [Self.host])
        let query = signature.query(for: request, seconds: 86_400, at: time)
        #expect(query.last?.value == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test func `Times are written and read as S3 does`() {
        #expect(time.text == "20130524T000000Z")
        #expect(time.day == "20130524")
        #expect(SigningTime(httpDate: "Fri, 24 May 2013 00:00:00 GMT") == time)
        #expect(SigningTime(xmlDate: "2013-05-24T00:00:00.000Z") == time)
        #expect(SigningTime(httpDate: "yesterday") == nil)
        #expect(SigningTime(xmlDate: "yesterday") == nil)
    }

    @Test func `Credentials are never printed`() {
        let credentials = S3Credentials(accessKeyID: "AKID", secretAccessKey: "geheim", sessionToken: "token")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            for secret in ["AKID", "geheim", "token"] { #expect(!text.contains(secret)) }
        }
    }

    @Test(arguments: ["plain.webm", "uploads/a b/c'd\".mp4", "Käse/お.webm", "a+b&c=d?e#f%20~!*().webm", "a..b/c.."])
    func `Requests and links work for keys of any characters`(key: String) async throws {
        try await Bucket.with { bucket in
            let key = try StorageKey(key)
            try await bucket.withClient { client in
                _ = try await client.send(S3Request(method: .PUT, key: key.string, body: .text("content")))
            }
            #expect(try await bucket.contents().keys == [key.string: 7])
            try await bucket.withStorage { storage in
                #expect(try await Bytes.ofRecording(key, in: storage) == Array("content".utf8))
                let link = try #require(await storage.link(toArtifact: key, mediaType: "video/webm"))
                let origin = try #require(storage.linkOrigin)
                #expect(link.url.hasPrefix(origin + "/"))
                let target = String(link.url.dropFirst(origin.count))
                let answer = try await PlainHTTP.get(target, port: bucket.proxy.port, headers: ["Range": "bytes=1-3"])
                #expect(answer.status == 206)
                #expect(answer.body == Data("ont".utf8))
                let other = target.replacing("X-Amz-Expires=", with: "X-Amz-Expires=1")
                #expect(try await PlainHTTP.get(other, port: bucket.proxy.port).status == 403)
            }
        }
    }

    @Test func `A wrong secret is refused, and the message says what to correct`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.credentials = Bucket.keys("wrong")
            try await bucket.withStorage { storage in
                let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                #expect(error?.description.contains("SignatureDoesNotMatch") == true)
                #expect(error?.description.contains("AWS_SECRET_ACCESS_KEY") == true)
            }
        }
    }
}
