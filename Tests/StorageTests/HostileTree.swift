import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// A storage folder in which somebody planted links and special files, beside a folder with secrets outside of it; and what may be read there.
struct HostileTree {
    /// Names that lie beneath the root, and that a key may be made of.
    static let names = [
        "a", "b", "deep", "\u{301}", "x\u{600}", "é", "e\u{301}", "link", "up", "pipe", "zero", "secret.txt", "inside.txt", "link\u{600}",
        "back\\",
        "new\nline", String(repeating: "n", count: 255),
    ]
    static let secret = Array("secret".utf8)
    static let harmless = Array("harmless".utf8)

    let root: FilePath
    let outside: FilePath
    /// Regular files beneath the root that no link leads to, by the bytes of their path.
    private(set) var files: Set<[UInt8]> = []

    /// - Parameter folder: empty.
    init(in folder: FilePath) throws {
        (root, outside) = (folder.appending("storage"), folder.appending("outside"))
        for path in [root, outside] { try #require(mkdir(path.string, 0o755) == 0) }
        // The same names outside and inside, to every depth that a key reaches: only outside they hold the secret.
        try fill(outside.string, depth: 2, content: Self.secret)
        try fill(root.string, depth: 2, content: Self.harmless)
        try plant(in: root.string, prefix: "", depth: 2)
    }

    private static let folders = ["a", "b", "deep", "\u{301}", "x\u{600}"]
    private static let leaves = ["secret.txt", "inside.txt", "é", "e\u{301}", String(repeating: "n", count: 255)]

    private func fill(_ folder: String, depth: Int, content: [UInt8]) throws {
        for name in Self.leaves { try Self.write(content, to: "\(folder)/\(name)") }
        guard depth > 0 else { return }
        for name in Self.folders {
            try #require(mkdir("\(folder)/\(name)", 0o755) == 0)
            try fill("\(folder)/\(name)", depth: depth - 1, content: content)
        }
    }

    /// Links and special files in every folder, and notes the files.
    private mutating func plant(in folder: String, prefix: String, depth: Int) throws {
        for (name, target) in [("link", outside.string), ("link\u{600}", "\(outside)/a"), ("up", "../.."), ("loop", "loop"), ("own", "a")] {
            try #require(symlink(target, "\(folder)/\(name)") == 0)
        }
        try #require(symlink("\(outside)/secret.txt", "\(folder)/linked.txt") == 0)
        try #require(mkfifo("\(folder)/pipe", 0o644) == 0)
        if geteuid() == 0 { try #require(mknod("\(folder)/zero", S_IFCHR | 0o666, 0x105) == 0) }
        files.formUnion(Self.leaves.map { Array("\(prefix)\($0)".utf8) })
        guard depth > 0 else { return }
        for name in Self.folders { try plant(in: "\(folder)/\(name)", prefix: "\(prefix)\(name)/", depth: depth - 1) }
    }

    static func write(_ content: [UInt8], to path: String) throws {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(content) }
    }

    /// The model: whether these bytes name a file beneath the root that every step reaches without a link.
    func holds(_ key: String) -> Bool { files.contains(Array(key.utf8)) }
}
