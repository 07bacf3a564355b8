import Storage
import Testing

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
