import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `deploy/restore`, interrupted and run again, refused, and into databases of other locales.
@Suite(.tags(.database, .program, .tool), .timeLimit(.minutes(10)))
struct RestoreAgainTests {
    /// Lends a backup of two answers with their review records, and what its storage holds.
    private func withBackup(_ body: (_ kept: FilePath, _ originals: [String: Data]) async throws -> Void) async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            let kept = product.data.appending("backup")
            let backedUp = try await product.script("backup", [kept.string])
            try #require(backedUp.status == .exited(0), "\(backedUp.said)")
            try await body(kept, FolderContents.read(product.storage))
        }
    }

    @Test func `a restore that was interrupted goes on, and one that would overwrite something says why it does not`() async throws {
        try await withBackup { kept, originals in
            // Killed before the rows are there, then after it.
            for before in [true, false] {
                try await Product.with(migrated: false) { other in
                    let stand = try other.standIn(
                        for: "pg_restore", (before ? "" : "/usr/bin/pg_restore \"$@\"; ") + "kill -KILL $PPID; exit 1")
                    let killed = try await other.script("restore", [kept.string], standIns: stand)
                    #expect(killed.status == .signaled(SIGKILL), "\(killed.said)")
                    // What was written when the machine lost its power may be anything.
                    let poster = try #require(originals.keys.first { $0.hasSuffix(".jpg") })
                    try FolderContents.damage(other.storage.appending(poster))
                    let restored = try await other.script("restore", [kept.string])
                    #expect(restored.status == .exited(0), "\(restored.said)")
                    #expect(try FolderContents.read(other.storage) == originals)
                    #expect(try await other.value("SELECT count(*) FROM dailies.review_records") == 2)
                    let refused = try await other.script("restore", [kept.string])
                    #expect(refused.status == .exited(73) && refused.said.contains("no restore was interrupted there"), "\(refused.said)")
                    #expect(refused.said.contains("    recordings"), "it says what is there: \(refused.said)")
                }
            }
            // The schema of somebody else, beside a storage in which a restore was interrupted.
            try await Product.with { other in
                try FileManager.default.createDirectory(atPath: other.storage.string, withIntermediateDirectories: true)
                try "database-x.dump".write(
                    toFile: other.storage.appending(".dailies-restore").string, atomically: true, encoding: .utf8)
                let refused = try await other.script("restore", [kept.string])
                #expect(refused.status == .exited(73) && refused.said.contains("DROP SCHEMA dailies CASCADE"), "\(refused.said)")
            }
        }
    }

    @Test func `a missing file can be brought after the restore, and a damaged dump is not restored`() async throws {
        try await withBackup { kept, originals in
            let track = try #require(originals.keys.first { $0.hasSuffix(".vtt") })
            let recording = try #require(originals.keys.first { $0.hasPrefix("recordings/") })
            try FileManager.default.removeItem(atPath: kept.appending("storage/\(track)").string)
            try FolderContents.damage(kept.appending("storage/\(recording)"))
            try await Product.with(migrated: false) { other in
                let told = try await other.script("restore", [kept.string])
                #expect(told.status == .exited(65) && told.said.contains(track) && told.said.contains(recording), "\(told.said)")
                for name in [track, recording] {
                    try #require(originals[name]).write(to: URL(filePath: kept.appending("storage/\(name)").string))
                }
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0), "\(restored.said)")
                #expect(try FolderContents.read(other.storage) == originals)
                // What the product itself says.
                #expect(try await other.run("migrate").code == 0)
                let reconciled = try await other.run("reconcile")
                #expect(reconciled.code == 0, "\(reconciled.output)\(reconciled.error)")
            }
            let dump = try #require(FileManager.default.contentsOfDirectory(atPath: kept.string).first { $0.hasSuffix(".dump") })
            try FolderContents.damage(kept.appending(dump))
            try await Product.with(migrated: false) { other in
                let refused = try await other.script("restore", [kept.string])
                #expect(refused.status == .exited(65) && refused.said.contains("nothing was restored"), "\(refused.said)")
                #expect(!FileManager.default.fileExists(atPath: other.storage.string))
            }
        }
    }

    @Test func `a recording that is not inspected yet is proved by its name, and one that had not arrived is no loss`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                    SELECT i.id, q.id, 'uploads/on its way.webm' FROM dailies.interviews i, dailies.questions q WHERE q.position = 2;
                    INSERT INTO dailies.awaited_files (response_id, job_id)
                    SELECT max(r.id), (SELECT max(id) FROM dailies.jobs) FROM dailies.responses r
                    """)
            }
            let kept = product.data.appending("backup")
            let backedUp = try await product.script("backup", [kept.string])
            #expect(backedUp.status == .exited(0), "\(backedUp.said)")
            try await Product.with(migrated: false) { other in
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0) && restored.said.contains("1 recordings had not arrived"), "\(restored.said)")
            }
            let recording: String = try await product.value(
                "SELECT min(recording_key) FROM dailies.responses WHERE take = 1 AND recording_key LIKE 'recordings/%'")
            try FolderContents.damage(kept.appending("storage/\(recording)"))
            try await Product.with(migrated: false) { other in
                let told = try await other.script("restore", [kept.string])
                #expect(told.status == .exited(65) && told.said.contains(recording), "\(told.said)")
            }
        }
    }

    private static let icu = "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'"
    private static let c = "LOCALE_PROVIDER libc LOCALE 'C'"

    @Test func `a backup goes from one locale to another and back, with every row and file`() async throws {
        let rows = """
            SELECT string_agg(name || email, ' ' ORDER BY name COLLATE "C") || (SELECT count(*) FROM dailies.responses) FROM dailies.candidates
            """
        try await Product.with(migrated: false, options: Self.c) { product in
            #expect(try await product.run("migrate").code == 0)
            try await product.bringIn(Product.recordings(1))
            try await product.pool.withConnection { connection in
                try await connection.script(
                    "INSERT INTO dailies.candidates (name, email) VALUES ('Irma', 'irma@example.org'), ('Ýrsa', 'ýrsa@example.org')")
            }
            let first = try await PSQL.run(rows, on: product.pool.configuration.connection.connectionString)
            let kept = product.data.appending("backup")
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            try await Product.with(migrated: false, options: Self.icu) { other in
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0), "\(restored.said)")
                #expect(try await other.run("migrate").code == 0)
                #expect(try await PSQL.run(rows, on: other.pool.configuration.connection.connectionString) == first)
                let back = other.data.appending("backup")
                #expect(try await other.script("backup", [back.string]).status == .exited(0))
                try await Product.with(migrated: false, options: Self.c) { last in
                    let restored = try await last.script("restore", [back.string])
                    #expect(restored.status == .exited(0), "\(restored.said)")
                    #expect(try await last.run("migrate").code == 0)
                    #expect(try await PSQL.run(rows, on: last.pool.configuration.connection.connectionString) == first)
                    #expect(try FolderContents.read(last.storage) == FolderContents.read(product.storage))
                    try await last.withWorker { _ in try await last.until("SELECT count(*) = 1 FROM dailies.review_records") }
                }
            }
        }
    }
}
