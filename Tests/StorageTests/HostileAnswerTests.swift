import TestSupport
import Testing

@testable import Storage

/// What stores, platforms and settings say is taken apart by its bytes, and nothing of it ends the program.
struct HostileAnswerTests {
    @Test func `An element's beginning counts, whatever its text begins with`() {
        let listing = S3Document("<Contents><Key>\u{301}x</Key></Contents><Contents><Key>a\u{600}</Key></Contents>")
        #expect(
            listing.elements("Contents").map { $0["Key"] }.map { $0.map { Array($0.utf8) } } == [
                Array("\u{301}x".utf8), Array("a\u{600}".utf8),
            ])
        #expect(S3Document.escaped("<\u{301}&\u{301}\"\u{301}").utf8.allSatisfy { !"<\"".utf8.contains($0) })
    }

    @Test func `A place is what its bytes say`() {
        #expect(S3Location("s3://bucket/\u{301}x")?.prefix.utf8.elementsEqual("\u{301}x".utf8) == true)
        #expect(S3Location("s3://bucket/a/\u{301}/") == S3Location("s3://bucket/a/\u{301}") && S3Location("s3://bucket//\u{301}x") == nil)
        #expect(S3Endpoint("http://\u{212A}ey.example") == nil && S3Endpoint("HTTP://Key.example")?.host == "key.example")
        #expect(StorageIdentity("8A0F2D1C-0000-4000-8000-00000000abcd\r\n")?.description == "8a0f2d1c-0000-4000-8000-00000000abcd")
        #expect(FileExtension("\u{212A}ey") == nil && FileExtension(".\u{301}mp4") == nil)
    }

    @Test func `Hostile text gets an answer from every parser, and what is accepted has its form`() {
        var hostile = HostileText(
            seed: 15,
            own: [
                "s3://", "http://", "https://", "bucket", "prefix/", ":9000", "<Key>", "</Key>", "&amp;", "Thu, 26 Nov 2026 04:34:16 GMT",
                "2026-11-26T04:34:16", ".webm", "8a0f2d1c-0000-4000-8000-00000000abcd", "recordings/", "[::1]",
            ])
        for _ in 0..<2000 {
            let text = hostile.next()
            let note = Comment(rawValue: text.debugDescription)
            if let place = S3Location(text) {
                #expect(S3Location(place.description) == place, note)
                #expect(place.prefix.isEmpty || (try? StorageKey(place.prefix)) != nil, note)
            }
            if let endpoint = S3Endpoint(text) {
                #expect(S3Endpoint(endpoint.description) == endpoint && endpoint.description.utf8.allSatisfy { $0 > 32 && $0 < 127 }, note)
            }
            if let identity = StorageIdentity(text) { #expect(StorageIdentity(identity.line) == identity, note) }
            if let name = FileExtension(text) { #expect(FileExtension(name.suffix) == name && name.description.utf8.count <= 8, note) }
            if let key = try? StorageKey(text) { #expect(key.digest?.utf8.count ?? 64 == 64, note) }
            _ = (SigningTime(httpDate: text), SigningTime(xmlDate: text))
            let document = S3Document(text)
            _ = (document["Key"], document.elements("Key").count)
            // What is escaped comes back as it was.
            #expect(S3Document("<Key>\(S3Document.escaped(text))</Key>")["Key"]?.utf8.elementsEqual(text.utf8) == true, note)
        }
    }
}
