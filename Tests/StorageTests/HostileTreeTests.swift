import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Nothing outside of the storage folder is ever opened, written or removed, whatever the keys say and whatever lies in the folder.
@Suite(.timeLimit(.minutes(10)))
struct HostileTreeTests {
    @Test func `Of ten thousand keys only those are opened that a model of what lies beneath knows`() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try HostileTree(in: folder)
            let storage = try await FolderStorage.open(tree.root)
            var hostile = HostileText(seed: 15, own: HostileTree.names + [String](repeating: "/", count: 14))
            var opened = 0
            for number in 0..<10_000 {
                // Some of the keys lead to files; the others are nearly right.
                let known = tree.files.count > number ? String(decoding: Array(tree.files)[number], as: UTF8.self) : ""
                for text in [hostile.next(upTo: 7), known] where !text.isEmpty {
                    guard let key = try? StorageKey(text) else { continue }
                    guard let content = try? await Bytes.ofRecording(key, in: storage) else {
                        #expect(!tree.holds(text), "\(text.debugDescription) is there")
                        continue
                    }
                    opened += 1
                    #expect(tree.holds(text) && content == HostileTree.harmless, "\(text.debugDescription)")
                }
            }
            #expect(opened >= tree.files.count)
        }
    }

    @Test func `No single name leads out of an open folder`() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try HostileTree(in: folder)
            let handle = try FolderHandle(root: tree.root)
            var hostile = HostileText(seed: 16, own: HostileTree.names + ["../outside/secret.txt", "link/secret.txt", "linked.txt"])
            for _ in 0..<800 {
                let name = hostile.next(upTo: 3)
                if let file = try? handle.openFile(name) {
                    defer { try? file.close() }
                    guard try Stat(file).type == .regular else { continue }
                    #expect(try Bytes.of(file) == HostileTree.harmless, "\(name.debugDescription)")
                }
                if let below = try? handle.openFolder(name), let file = try? below.openFile("secret.txt") {
                    #expect(try Bytes.of(file) == HostileTree.harmless, "\(name.debugDescription)")
                    try file.close()
                }
            }
        }
    }

    @Test func `A listing names what lies beneath, and follows no link`() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try HostileTree(in: folder)
            // A name that is not UTF-8, and names that the storage keeps for itself.
            for name in [[0xFF, 0xFE], Array(".\u{301}hidden".utf8), Array(".hidden".utf8)] {
                let path = (Array("\(tree.root)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
                let file = open(path, O_CREAT | O_WRONLY, 0o600)
                try #require(file >= 0)
                close(file)
            }
            let storage = try await FolderStorage.open(tree.root)
            let listed = Mutex<Set<[UInt8]>>([])
            try await storage.list { files in listed.withLock { $0.formUnion(files.map { Array($0.key.string.utf8) }) } }
            #expect(listed.withLock { $0 } == tree.files)
        }
    }

    @Test(arguments: ["recordings", "recordings/e3", "artifacts", "artifacts/e3", "artifacts/e3/b0", ".staging"])
    func `A link in place of a folder of the storage's own takes nothing in`(place: String) async throws {
        try await TemporaryFolder.with { folder in
            let (root, outside) = (folder.appending("storage"), folder.appending("outside"))
            for path in [root, outside] { try #require(mkdir(path.string, 0o755) == 0) }
            let parts = place.split(separator: "/")
            var path = root
            for part in parts.dropLast() {
                path.append(String(part))
                try #require(mkdir(path.string, 0o755) == 0)
            }
            try #require(symlink(outside.string, "\(root)/\(place)") == 0)
            if place == ".staging" {
                await #expect(throws: StorageError.self) { _ = try await FolderStorage.open(root) }
            } else {
                let storage = try await FolderStorage.open(root)
                // The empty file's digest begins with e3b0.
                if parts[0] == "artifacts" {
                    await #expect(throws: StorageError.self) {
                        _ = try await storage.publish(try await storage.stageArtifact(), fileExtension: nil)
                    }
                    let key = StorageKey.artifact(sha256: Bytes.sha256([]), fileExtension: nil)
                    try await expectKept(String(key.string.dropFirst(place.count)), outside) { _ = try? await storage.removeArtifact(key) }
                } else {
                    try await Bytes.withFile([]) { file in
                        await #expect(throws: StorageError.self) { _ = try await storage.storeRecording(from: file, fileExtension: nil) }
                    }
                }
            }
            #expect(try Listing.of(outside) == [])
        }
    }

    /// A file outside that is older than any stray stays, whatever is removed.
    private func expectKept(_ name: String, _ outside: FilePath, _ body: () async throws -> Void) async throws {
        var path = outside
        let parts = name.split(separator: "/").map(String.init)
        for part in parts.dropLast() {
            path.append(part)
            try #require(mkdir(path.string, 0o755) == 0)
        }
        let file = path.appending(parts.last ?? "file").string
        try HostileTree.write([], to: file)
        var long = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, file, &long, 0) == 0)
        try await body()
        #expect(access(file, F_OK) == 0)
        try #require(unlink(file) == 0)
        while path != outside {
            try #require(rmdir(path.string) == 0)
            path.removeLastComponent()
        }
    }

    @Test func `A marker that is a link, a pipe or a folder is not read`() async throws {
        for kind in ["link", "pipe", "folder"] {
            try await TemporaryFolder.with { folder in
                let (root, outside) = (folder.appending("storage"), folder.appending("marker"))
                let storage = try await FolderStorage.open(root)
                try HostileTree.write(Array("8a0f2d1c-0000-4000-8000-00000000abcd\n".utf8), to: outside.string)
                let marker = root.appending(StorageIdentity.markerName).string
                switch kind {
                case "link": try #require(symlink(outside.string, marker) == 0)
                case "pipe": try #require(mkfifo(marker, 0o644) == 0)
                default: try #require(mkdir(marker, 0o755) == 0)
                }
                await #expect(throws: StorageError.self, "\(kind)") { _ = try await storage.identity() }
                let identity = try #require(StorageIdentity("00000000-0000-4000-8000-000000000000"))
                try await storage.mark(as: identity)
                #expect(try Bytes.of(outside) == Array("8a0f2d1c-0000-4000-8000-00000000abcd\n".utf8), "\(kind)")
            }
        }
    }

    @Test func `A folder that changes into a link while files are opened, stored and listed leads nowhere`() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try HostileTree(in: folder)
            let storage = try await FolderStorage.open(tree.root)
            _ = try await storage.publish(try await storage.stageArtifact(), fileExtension: nil)
            let before = try Listing.of(tree.outside)
            let isOver = Mutex(false)
            let swapping = Task.detached {
                // Now a folder, now a link to the same names outside.
                func swap(_ name: String, _ turn: Int) {
                    let path = "\(tree.root)/\(name)"
                    rename(path, "\(path)-aside")
                    symlink(tree.outside.string, path)
                    unlink(path)
                    // The storage may have made the folder anew meanwhile.
                    if rename("\(path)-aside", path) != 0 {
                        rename(path, "\(path)-\(turn)")
                        rename("\(path)-aside", path)
                    }
                }
                var turn = 0
                while !isOver.withLock({ $0 }) {
                    turn += 1
                    swap("a", turn)
                    swap("artifacts", turn)
                    await Task.yield()
                }
            }
            for _ in 0..<800 {
                for key in ["a/secret.txt", "a/b/secret.txt", "a/deep/x\u{600}/secret.txt"] {
                    guard let content = try? await Bytes.ofRecording(try StorageKey(key), in: storage) else { continue }
                    #expect(content == HostileTree.harmless, "\(key)")
                }
            }
            for _ in 0..<50 {
                _ = try? await storage.publish(try await storage.stageArtifact(), fileExtension: nil)
                try? await storage.list { _ in }
            }
            isOver.withLock { $0 = true }
            await swapping.value
            #expect(try Listing.of(tree.outside) == before)
        }
    }
}
