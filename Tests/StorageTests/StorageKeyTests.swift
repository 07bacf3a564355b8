import TestSupport
import Testing

@testable import Storage

struct StorageKeyTests {
    @Test(arguments: ["a", "a/b", "recordings/3f/3f.webm", "Käse/お.webm", "a b/c'd\".mp4", "a..b/c..", "-/--"])
    func `A relative path is a key`(text: String) throws {
        #expect(try StorageKey(text).string == text)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/../b", "a/./b", "a\\b", "..\\a", "a\0b", "a\nb", "a\u{7f}", "a\u{85}b",
        ".staging/1/2", "a/.hidden", "file:///etc/passwd\n", String(repeating: "a", count: 256), String(repeating: "a/", count: 600) + "a",
    ])
    func `A path that could lead out of the storage is not a key`(text: String) {
        let error = #expect(throws: StorageError.self) { try StorageKey(text) }
        #expect(error?.code == .invalidKey)
        #expect(error?.fault == .request)
    }

    /// What Swift takes for one character that is not a slash or a dot: with a combining accent behind it, or a prepending mark before it.
    @Test(arguments: [
        "/\u{301}x/y.webm", "in/\u{301}", "in/link\u{600}//secret.webm", "\u{600}//a", "a/.\u{301}hidden", ".\u{301}", "a\u{600}\\b",
    ])
    func `A slash or a dot counts, whatever stands beside it`(text: String) {
        // Each is refused for what its bytes say, or its parts are those that the kernel sees.
        guard let key = try? StorageKey(text) else { return }
        let parts = key.components
        #expect(parts.joined(separator: "/").utf8.elementsEqual(text.utf8))
        #expect(parts.allSatisfy { !$0.utf8.contains(UInt8(ascii: "/")) && $0.utf8.first != UInt8(ascii: ".") && !$0.isEmpty })
    }

    @Test func `Any text is a key only if a model of the kernel stays beneath with it`() {
        var random = SeededGenerator(seed: 15)
        let pieces = [
            "/", "//", ".", "..", "a", "é", "e\u{301}", "\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}", "link", "\\", "\r\n", " ",
            "\u{1F468}",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let key = try? StorageKey(text) else { continue }
            accepted += 1
            let parts = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            #expect(parts.allSatisfy { !$0.isEmpty && $0.first != UInt8(ascii: ".") }, "\(text.debugDescription)")
            #expect(key.components.map { Array($0.utf8) } == parts.map(Array.init), "\(text.debugDescription)")
        }
        #expect(accepted > 1000)
    }

    @Test func `Two spellings of one accent are two keys, as they are two files`() throws {
        #expect(try StorageKey("\u{E9}") != StorageKey("e\u{301}"))
        #expect(try Set([StorageKey("\u{E9}"), StorageKey("e\u{301}")]).count == 2)
    }

    @Test func `A refused key does not appear in the message`() {
        let error = #expect(throws: StorageError.self) { try StorageKey("/users/jane-doe/answer.webm") }
        #expect(error?.description.contains("jane") == false)
    }

    @Test func `An extension is short and plain`() {
        #expect(FileExtension("WebM")?.description == "webm")
        #expect(FileExtension(".mp4")?.description == "mp4")
        for text in ["", ".", "a/b", "..", "tar.gz", "ninechars", "é", "a b"] {
            #expect(FileExtension(text) == nil)
        }
    }
}
