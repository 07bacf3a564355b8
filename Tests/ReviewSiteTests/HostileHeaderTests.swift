import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import ReviewSite

/// What browsers and programs send is taken apart by its bytes, and nothing of it ends the site.
struct HostileHeaderTests {
    @Test func `A separator counts in each header, whatever stands beside it`() throws {
        #expect(!Acceptance.accepts("application/json", "text/html,\u{301}application/json;q=0"))
        #expect(Acceptance.accepts("application/json", "text/\u{600},application/json"))
        #expect(try FormFields.fields(in: Array("a=1&\u{301}b=2".utf8)) == ["a": "1", "\u{301}b": "2"])
        #expect(try FormFields.fields(in: Array("a=\u{301}1&b=+\u{301}".utf8)) == ["a": "\u{301}1", "b": " \u{301}"])
        #expect(DurationText.milliseconds("1:\u{301}05") == nil)
        #expect(ReturnPath("/\u{301}/evil.example") == nil && ReturnPath("/\u{600}") == nil)
    }

    @Test func `Hostile text gets an answer from every parser, and what is accepted has its form`() throws {
        var hostile = HostileText(
            seed: 15,
            own: ["bytes=", "0-", "-7", "application/json", "q=", "return_to", "%2F", "1:05", "a=b", "dailies=", "text/*", "/roles"])
        for _ in 0..<5000 {
            let text = hostile.next()
            let note = Comment(rawValue: text.debugDescription)
            _ = Acceptance.accepts("application/json", text)
            if case .part(let part) = ByteRange("bytes=" + text, length: 100) {
                #expect(part.lowerBound >= 0 && part.upperBound <= 100 && !part.isEmpty, note)
            }
            if let path = ReturnPath(text)?.path {
                #expect(path.utf8.starts(with: "/".utf8) && path.utf8.dropFirst().first != UInt8(ascii: "/") && !path.contains("\\"), note)
            }
            if let moment = DurationText.milliseconds(text) { #expect(moment >= 0, note) }
            for (name, value) in (try? FormFields.fields(in: Array(text.utf8))) ?? [:] {
                #expect(!name.utf8.contains(0) && !value.utf8.contains(0), note)
            }
            // A form as browsers send it comes back as it was.
            guard !text.utf8.contains(0) else { continue }
            #expect(try FormFields.fields(in: Array("x=\(Self.encoded(text))".utf8))["x"]?.utf8.elementsEqual(text.utf8) == true, note)
        }
    }

    /// As browsers encode a field.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { $0 == 0x20 ? "+" : String(format: "%%%02X", $0) }.joined()
    }
}
