import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `deploy/backup` on copies and originals that are not what they were: each has to have its content, and not only its length.
@Suite(.tags(.database, .namespace, .program, .tool), .timeLimit(.minutes(10)))
struct BackupRepairTests {
    /// A place that no shell and no copier reads in another way.
    private static let folder = "it's a \"copy\" of\nmine"

    @Test func `copies that are damaged are made again, and damaged originals take no good copy's place`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            let kept = product.data.appending(Self.folder)
            let copies = kept.appending("storage")
            let originals = try FolderContents.read(product.storage)
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            #expect(try FolderContents.read(copies) == originals)
            let recording: String = try await product.value("SELECT min(recording_key) FROM dailies.responses")
            let poster: String = try await product.value("SELECT min(key) FROM dailies.artifacts WHERE kind = 'poster'")
            let waveform: String = try await product.value("SELECT min(key) FROM dailies.artifacts WHERE kind = 'waveform'")

            try FolderContents.empty(copies.appending(recording))
            try FolderContents.damage(copies.appending(poster))
            try FileManager.default.removeItem(atPath: copies.appending(waveform).string)
            let repaired = try await product.script("backup", [kept.string])
            #expect(repaired.status == .exited(0), "\(repaired.said)")
            #expect(try FolderContents.read(copies) == originals)
            let checked = try await Subprocess.run(
                .name("sha256sum"), arguments: ["--check", "--strict", "--quiet", "../storage.sha256"], workingDirectory: copies,
                output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            #expect(checked.terminationStatus.isSuccess, "\(checked.standardOutput)\(checked.standardError)")

            try FolderContents.empty(product.storage.appending(recording))
            try FolderContents.damage(product.storage.appending(poster))
            let told = try await product.script("backup", [kept.string])
            #expect(told.status == .exited(65) && told.said.contains(recording) && !told.said.contains(poster), "\(told.said)")
            let toldAll = try await product.script("backup", ["--originals", kept.string])
            #expect(toldAll.status == .exited(65) && toldAll.said.contains(recording) && toldAll.said.contains(poster), "\(toldAll.said)")
            #expect(try FolderContents.read(copies) == originals)

            // Both are damaged: what is left of the copy stays, for it may be the better one.
            try FolderContents.damage(copies.appending(recording))
            let left = try FolderContents.read(copies)
            let lost = try await product.script("backup", [kept.string])
            #expect(lost.status == .exited(65) && lost.said.contains("Neither ") && lost.said.contains(recording), "\(lost.said)")
            #expect(try FolderContents.read(copies) == left)
            try FileManager.default.removeItem(atPath: product.storage.appending(waveform).string)
            let gone = try await product.script("backup", [kept.string])
            #expect(gone.status == .exited(65) && gone.said.contains(waveform), "\(gone.said)")
            for name in [recording, poster, waveform] {
                try #require(originals[name]).write(to: URL(filePath: product.storage.appending(name).string))
            }
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            #expect(try FolderContents.read(copies) == originals)
        }
    }

    @Test func `files of other names are kept whole too: they may grow, and never shrink`() async throws {
        try await Product.with { product in
            let kept = product.data.appending(Self.folder)
            let copies = kept.appending("storage")
            let names = [
                "uploads/a b.webm", "uploads/it's.webm", "uploads/-", "-dash.webm", "uploads/new\nline", #"a\back"#, "Übung/ä.webm",
                "#1/a.webm", ";b.webm",
            ]
            for name in names {
                let path = product.storage.appending(name)
                try FileManager.default.createDirectory(
                    atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
                try Data("half".utf8).write(to: URL(filePath: path.string))
            }
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            #expect(try FolderContents.read(copies) == FolderContents.read(product.storage))
            for name in names { try Data("half and more".utf8).write(to: URL(filePath: product.storage.appending(name).string)) }
            let whole = try FolderContents.read(product.storage)
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            #expect(try FolderContents.read(copies) == whole)
            // Of the same length; `storage.sha256` knows what it was.
            try FolderContents.damage(copies.appending(names[0]))
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            #expect(try FolderContents.read(copies) == whole)
            for name in names { try FolderContents.empty(product.storage.appending(name)) }
            let told = try await product.script("backup", [kept.string])
            #expect(told.status == .exited(65) && told.said.contains("Shorter in ") && told.said.contains(names[0]), "\(told.said)")
            #expect(try FolderContents.read(copies) == whole)
        }
    }

    @Test func `every answer of the dump has its file in the copy, also when answers arrive while it is made`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            let kept = product.data.appending("backup")
            // Each waits until the test has brought in another answer: after the dump's snapshot, and after the files were listed.
            func held(_ program: String) -> String {
                "touch '\(product.data)/\(program).waits'; until [ -e '\(product.data)/\(program).goes' ]; do sleep 0.02; done"
            }
            _ = try product.standIn(for: "rsync", "\(held("rsync")); exec /usr/bin/rsync \"$@\"")
            let stand = try product.standIn(for: "pg_dump", "/usr/bin/pg_dump \"$@\" || exit; \(held("pg_dump"))")
            async let backup = product.script("backup", [kept.string], standIns: stand)
            for (number, program) in ["pg_dump", "rsync"].enumerated() {
                try await until { FileManager.default.fileExists(atPath: product.data.appending("\(program).waits").string) }
                try await product.bringIn([Fixtures.recording(number == 0 ? "audio-only.webm" : "video-only.webm")], from: number + 2)
                _ = FileManager.default.createFile(atPath: product.data.appending("\(program).goes").string, contents: nil)
            }
            let ending = try await backup
            #expect(ending.status == .exited(0), "\(ending.said)")
            try await Product.with(migrated: false) { other in
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0), "\(restored.said)")
                #expect(try await other.value("SELECT count(*) FROM dailies.responses") == 1)
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount, and become another account"))
    func `a file system's root, an ordinary account and a full disk stop no backup for good`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            try FileManager.default.createDirectory(
                atPath: product.storage.appending("lost+found").string, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o000])
            let originals = try FolderContents.read(product.storage)
            // The account of the tests' server, because no other one reaches its socket.
            let socket = try #require(try PostgresConfiguration(product.pool.configuration.connection.connectionString).target.hosts.first)
            let account = try #require(FileManager.default.attributesOfItem(atPath: socket)[.ownerAccountID] as? Int)
            let ordinary = ["setpriv", "--reuid=\(account)", "--regid=\(account)", "--clear-groups"]
            let place = product.data.appending("ordinary")
            try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
            for folder in [product.storage, place] {
                _ = try await Subprocess.run(.name("chown"), arguments: ["-R", "\(account):\(account)", folder.string], output: .discarded)
            }
            _ = try await Subprocess.run(
                .name("chown"), arguments: ["0:0", product.storage.appending("lost+found").string], output: .discarded)
            let kept = place.appending("kept")
            let backedUp = try await product.script("backup", [kept.string], by: ordinary)
            #expect(backedUp.status == .exited(0), "\(backedUp.said)")
            #expect(try FolderContents.read(kept.appending("storage")) == originals)

            // Room for the dump and a part of the files; the same command again when there is more.
            let dump = try #require(FileManager.default.contentsOfDirectory(atPath: kept.string).first { $0.hasSuffix(".dump") })
            let bytes = try #require(FileManager.default.attributesOfItem(atPath: kept.appending(dump).string)[.size] as? Int)
            let full = product.data.appending("full")
            try FileManager.default.createDirectory(atPath: full.string, withIntermediateDirectories: false)
            let twice = """
                mount -t tmpfs -o size=\(bytes / 1024 + 64)k none '\(full)' || exit 99
                "$@"; [ $? = 74 ] || exit 98
                mount -o remount,size=100m '\(full)'
                "$@" && [ ! -e '\(full)/.arriving' ] && cd '\(full)/storage' && sha256sum --check --strict --quiet ../storage.sha256
                """
            let filled = try await product.script("backup", [full.string], by: ["unshare", "--mount", "sh", "-c", twice, "sh"])
            #expect(filled.status == .exited(0) && filled.said.contains("Make room in \(full)"), "\(filled.said)")

            try await Product.with(migrated: false) { other in
                let small = other.storage
                try FileManager.default.createDirectory(atPath: small.string, withIntermediateDirectories: true)
                let twice = """
                    mount -t tmpfs -o size=128k none '\(small)' || exit 99
                    mkdir -m 000 '\(small)/lost+found'; chown \(account):\(account) '\(small)'
                    "$@"; [ $? = 74 ] || exit 98
                    mount -o remount,size=100m '\(small)'
                    "$@" && cp -a '\(small)' '\(other.data)/was'
                    """
                let restored = try await other.script("restore", [kept.string], by: ["unshare", "--mount", "sh", "-c", twice, "sh"])
                #expect(restored.status == .exited(0) && restored.said.contains("Make room there"), "\(restored.said)")
                let was = other.data.appending("was")
                #expect(try FolderContents.read(was) == originals)
                // What worker and site run as: the folder's owner, on this machine.
                for name in originals.keys {
                    let attributes = try FileManager.default.attributesOfItem(atPath: was.appending(name).string)
                    #expect(attributes[.ownerAccountID] as? Int == account && attributes[.posixPermissions] as? Int == 0o640, "\(name)")
                }
            }
        }
    }
}
