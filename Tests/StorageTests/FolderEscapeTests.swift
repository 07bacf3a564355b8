import Glibc
import Storage
import SystemPackage
import TestSupport
import Testing

/// What someone who can write into the storage folder, or into the database, could try.
@Suite(.timeLimit(.minutes(10)))
struct FolderEscapeTests {
    /// A storage with `a/b/secret.txt` outside of it, and the folder that holds both.
    private func withStorage(_ body: (_ storage: FolderStorage, _ root: FilePath, _ outside: FilePath) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let outside = folder.appending("outside")
            for path in [outside, outside.appending("b")] { try #require(mkdir(path.string, 0o755) == 0) }
            let secret = try FileDescriptor.open(
                outside.appending("b").appending("secret.txt"), .writeOnly, options: .create, permissions: .ownerReadWrite)
            try secret.writeAll("secret".utf8)
            try secret.close()
            let root = folder.appending("storage")
            try await body(try await FolderStorage.open(root), root, outside)
        }
    }

    private func code(_ key: String, in storage: FolderStorage) async throws -> StorageError.Code? {
        let key = try StorageKey(key)
        let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(key) }
        #expect(error?.fault == .request)
        return error?.code
    }

    @Test func `A symbolic link is not followed at any level`() async throws {
        try await withStorage { storage, root, outside in
            try #require(mkdir(root.appending("a").string, 0o755) == 0)
            try #require(mkdir(root.appending("a").appending("b").string, 0o755) == 0)
            for (link, target) in [
                ("first", outside.string), ("a/second", outside.appending("b").string), ("a/b/third", "\(outside)/b/secret.txt"),
                ("relative", "../outside"), ("inside", "a"), ("dangling", "nothing"),
            ] {
                try #require(symlink(target, root.appending(FilePath(link).components).string) == 0)
            }
            for key in ["first/b/secret.txt", "a/second/secret.txt", "a/b/third", "relative/b/secret.txt", "inside/b/third", "dangling"] {
                #expect(try await code(key, in: storage) == .notAFile, "\(key)")
            }
        }
    }

    @Test func `A link is not followed where a slash and its neighbour are one character to Swift`() async throws {
        try await withStorage { storage, root, outside in
            try #require(mkdir(root.appending("in").string, 0o755) == 0)
            for (link, target) in [("in/link\u{600}", outside.appending("b").string), ("in/b", outside.appending("b").string)] {
                try #require(symlink(target, "\(root)/\(link)") == 0)
            }
            try #require(mkdir("\(outside)/b/\u{301}", 0o755) == 0)
            for key in ["in/link\u{600}/secret.txt", "in/b/\u{301}/secret.txt"] {
                #expect(try await code(key, in: storage) == .notAFile, "\(key.debugDescription)")
            }
            let absolute = #expect(throws: StorageError.self) { try StorageKey("/\u{301}\(outside)/b/secret.txt") }
            #expect(absolute?.code == .invalidKey)
        }
    }

    @Test func `A link in place of an artifact folder does not make artifacts land outside the storage`() async throws {
        try await withStorage { storage, root, outside in
            try #require(symlink(outside.string, root.appending("artifacts").string) == 0)
            let error = await #expect(throws: StorageError.self) {
                _ = try await storage.publish(try await storage.stageArtifact(), fileExtension: nil)
            }
            #expect(error?.fault == .infrastructure)
            #expect(try Listing.of(outside) == ["b", "b/secret.txt"])
        }
    }

    @Test func `A pipe, a socket, a device and a folder are refused with a reason, and nothing hangs`() async throws {
        try await withStorage { storage, root, _ in
            try #require(mkfifo(root.appending("pipe").string, 0o644) == 0)
            try #require(mkdir(root.appending("folder").string, 0o755) == 0)
            for (key, words) in [("pipe", "a pipe"), ("folder", "a folder")] {
                let key = try StorageKey(key)
                let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(key) }
                #expect(error?.code == .notAFile)
                #expect(error?.description.contains(words) == true)
            }
            #expect(try await code("pipe/below", in: storage) == .notFound)
            #expect(try await code("folder/missing", in: storage) == .notFound)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes devices"))
    func `A device is refused`() async throws {
        try await withStorage { storage, root, _ in
            try #require(mknod(root.appending("zero").string, S_IFCHR | 0o666, 0x105) == 0)
            #expect(try await code("zero", in: storage) == .notAFile)
        }
    }
}
