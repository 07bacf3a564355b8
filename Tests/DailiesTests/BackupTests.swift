import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `deploy/backup` and `deploy/restore`, shown to work by restoring.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct BackupTests {
    /// Has its recordings in a bucket of its own.
    private func settings(_ store: ObjectStore) async throws -> [Environment.Key: String] {
        [
            "DAILIES_STORAGE": "s3://\(try await store.makeBucket())/answers", "DAILIES_S3_ENDPOINT": store.endpoint,
            "AWS_ACCESS_KEY_ID": ObjectStore.accessKeyID, "AWS_SECRET_ACCESS_KEY": ObjectStore.secretAccessKey,
        ]
    }

    @Test func `a bucket that was backed up in mid-work is whole after a restore into another, and what is missing is named`() async throws
    {
        let store = try await ObjectStore.running()
        try await Product.with { product in
            var product = product
            product.settings = try await settings(store)
            let kept = product.data.appending("backup")
            try await product.bringIn(Product.recordings(5))
            var poster = ""
            try await product.withWorker { _ in
                try await product.until("SELECT count(*) >= 2 FROM dailies.review_records")
                poster = try await product.value("SELECT min(key) FROM dailies.artifacts WHERE kind = 'poster'")
                let backedUp = try await product.script("backup", [kept.string])
                #expect(backedUp.status == .exited(0), "\(backedUp.said)")
            }
            let records: Int = try await product.value("SELECT count(*) FROM dailies.review_records")
            // What an earlier run did not finish is no file that stays.
            try Data("half".utf8).write(to: URL(filePath: kept.appending("storage/\(poster)").string))
            let again = try await product.script("backup", [kept.string])
            #expect(again.status == .exited(0), "\(again.said)")
            let good = try FolderContents.read(kept.appending("storage"))
            // A copy that was damaged is fetched again; an object that was damaged is not taken, and is named.
            try FolderContents.damage(kept.appending("storage/\(poster)"))
            let repaired = try await product.script("backup", [kept.string])
            #expect(try FolderContents.read(kept.appending("storage")) == good, "\(repaired.said)")
            let recording: String = try await product.value("SELECT min(recording_key) FROM dailies.responses")
            for (key, text) in [(poster, String(repeating: "x", count: good[poster]?.count ?? 0)), (recording, "")] {
                let put = "printf %s '\(text)' | in_bucket rcat \"$(remote \"$DAILIES_STORAGE\")/\(key)\""
                let result = try await Subprocess.run(
                    .name("bash"), arguments: ["-c", ". '\(Fixtures.project)/deploy/storage.sh'; \(put)"],
                    environment: .custom(product.variables), output: .discarded, error: .string(limit: 1 << 16))
                try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
            }
            let told = try await product.script("backup", [kept.string])
            #expect(told.status == .exited(65) && told.said.contains(recording) && !told.said.contains(poster), "\(told.said)")
            let toldAll = try await product.script("backup", ["--originals", kept.string])
            #expect(toldAll.status == .exited(65) && toldAll.said.contains(recording) && toldAll.said.contains(poster), "\(toldAll.said)")
            #expect(try FolderContents.read(kept.appending("storage")) == good)

            try await Product.with(migrated: false) { other in
                var other = other
                other.settings = try await settings(store)
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0), "\(restored.said)")
                #expect(try await other.value("SELECT count(*) FROM dailies.review_records") == records)
                #expect(try await other.run("migrate").code == 0)
                try await other.withWorker { _ in
                    try await other.until("SELECT count(*) = 5 FROM dailies.answers WHERE status = 'reviewable'")
                }
                let twice = try await other.script("restore", [kept.string])
                #expect(twice.status == .exited(73) && twice.said.contains("nothing was restored"), "\(twice.said)")
            }
            try FileManager.default.removeItem(atPath: kept.appending("storage/\(recording)").string)
            try Data("other".utf8).write(to: URL(filePath: kept.appending("storage/\(poster)").string))
            try await Product.with(migrated: false) { other in
                var other = other
                other.settings = try await settings(store)
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(65))
                #expect(restored.said.contains(poster) && restored.said.contains(recording), "\(restored.said)")
                #expect(restored.said.split(separator: "\n").count { $0.hasPrefix("    ") } == 2, "and no other: \(restored.said)")
            }
        }
    }

    @Test func `what was backed up in mid-work is all there after a restore into nothing, and the work goes on`() async throws {
        try await Product.with { product in
            let kept = product.data.appending("backup")
            try await product.bringIn(Product.recordings(8))
            try await product.withWorker { _ in
                try await product.until("SELECT count(*) >= 3 FROM dailies.review_records")
                let backedUp = try await product.script("backup", [kept.string])
                #expect(backedUp.status == .exited(0), "\(backedUp.said)")
            }
            // The second adds what is new; the newest dump is the one that is restored.
            let again = try await product.script("backup", [kept.string])
            #expect(again.status == .exited(0), "\(again.said)")
            let records: Int = try await product.value("SELECT count(*) FROM dailies.review_records")

            try await Product.with(migrated: false) { other in
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(0), "\(restored.said)")
                #expect(try await other.value("SELECT count(*) FROM dailies.review_records") == records)
                let migrated = try await other.run("migrate")
                #expect(migrated.code == 0, "\(migrated.error)")
                try await other.withWorker { _ in try await other.until("SELECT count(*) = 8 FROM dailies.review_records") }
                try await other.expectWhole(responses: 8)

                let twice = try await other.script("restore", [kept.string])
                #expect(twice.status == .exited(73) && twice.said.contains("nothing was restored"), "\(twice.said)")
            }
        }
    }

    @Test func `a restore names every file that is missing or is not what it was`() async throws {
        try await Product.with { product in
            let kept = product.data.appending("backup")
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            #expect(try await product.script("backup", [kept.string]).status == .exited(0))
            let poster: String = try await product.value("SELECT min(key) FROM dailies.artifacts WHERE kind = 'poster'")
            let recording: String = try await product.value("SELECT min(recording_key) FROM dailies.responses")
            try Data("other".utf8).write(to: URL(filePath: kept.appending("storage/\(poster)").string))
            try FileManager.default.removeItem(atPath: kept.appending("storage/\(recording)").string)

            try await Product.with(migrated: false) { other in
                let restored = try await other.script("restore", [kept.string])
                #expect(restored.status == .exited(65))
                #expect(restored.said.contains(poster) && restored.said.contains(recording), "\(restored.said)")
                #expect(restored.said.split(separator: "\n").count { $0.hasPrefix("    ") } == 2, "and no other: \(restored.said)")
            }
        }
    }
}
