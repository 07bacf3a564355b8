import TestSupport
import Testing

@testable import Inspection

/// The type that a sender claims, which may be any text.
struct DeclaredTypeTests {
    @Test func `The type ends at the semicolon, whatever stands beside it`() {
        #expect(!DeclaredType.contradicts("video/webm;\u{301}codecs=vp9", format: "webm"))
        #expect(!DeclaredType.contradicts("VIDEO/WebM ; codecs=vp9", format: "webm"))
        #expect(DeclaredType.contradicts("video/mp4;\u{301}webm", format: "webm"))
        #expect(DeclaredType.contradicts("image/\u{301}png", format: "webm"))
    }

    @Test func `Hostile text gets an answer`() {
        var hostile = HostileText(seed: 15, own: ["video/", "audio/", "webm", ";", " ", "codecs=vp9"])
        for _ in 0..<10_000 { _ = DeclaredType.contradicts(hostile.next(), format: "webm") }
    }
}
