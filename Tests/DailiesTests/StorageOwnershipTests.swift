import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// An empty folder where the storage should be has none of the recordings. That is no recording's fault: nothing is claimed, nothing is judged.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct StorageOwnershipTests {
    private static let health: [Environment.Key: String] = ["DAILIES_HEALTH": "127.0.0.1:0"]

    /// As if its disk were not mounted: the folder is there, and empty.
    private func unmount(_ product: Product) throws {
        let storage = product.data.appending("storage").string
        try FileManager.default.moveItem(atPath: storage, toPath: storage + "-disk")
        try FileManager.default.createDirectory(atPath: storage, withIntermediateDirectories: false)
    }

    private func mount(_ product: Product) throws {
        let storage = product.data.appending("storage").string
        try FileManager.default.moveItem(atPath: storage, toPath: storage + "-empty")
        try FileManager.default.moveItem(atPath: storage + "-disk", toPath: storage)
    }

    private func marker(_ product: Product) -> FilePath { product.data.appending("storage/.dailies-storage") }

    @Test func `a worker that starts before the disk is mounted judges nothing, says so, and goes on by itself`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            #expect(FileManager.default.fileExists(atPath: marker(product).string), "the import has made it")
            try unmount(product)
            try await product.withWorker(variables: Self.health) { worker in
                let sentence = "no .dailies-storage there: is the disk mounted?"
                try await until { worker.said.contains(sentence) }
                try await product.untilItIdles()
                #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available' AND attempt = 0") == 3)
                #expect(try await product.value("SELECT count(*) FROM dailies.review_records") == 0)
                let ready = try await Scraped.get("/readyz", of: worker, in: product)
                #expect(ready.status == 503 && ready.text.contains("storage: The storage in"), "\(ready.text)")

                let doctor = try await product.run("doctor")
                #expect(doctor.code == 78 && doctor.output.contains(sentence), "\(doctor.output)")
                let manifest = product.data.appending("answers.csv").string
                let imported = try await product.run("import", manifest)
                #expect(imported.code == 69 && imported.error.contains(sentence), "\(imported.error)")

                try mount(product)
                try await product.until("SELECT count(*) = 3 FROM dailies.answers WHERE status = 'reviewable'")
                #expect(try await Scraped.get("/readyz", of: worker, in: product).status == 200)
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 1") == 0)
            #expect(try await product.run("doctor").output.contains("it is not another database's"))
        }
    }

    @Test func `a disk that is unmounted while a worker runs stops the claiming`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(variables: Self.health) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                try unmount(product)
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 503 }
                try await product.pool.execute(
                    "SELECT dailies.submit_response('deep-learning-engineer', '7', 'Bo', 'bo@example.org', 'uploads/later.webm')")
                try mount(product)
                let uploads = product.data.appending("storage/uploads")
                try FileManager.default.createDirectory(atPath: uploads.string, withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    atPath: Fixtures.recording("audio-only.webm").string, toPath: uploads.appending("later.webm").string)
                try await product.until("SELECT count(*) = 2 FROM dailies.answers WHERE status = 'reviewable'")
            }
        }
    }

    @Test func `an installation of the release before takes the storage that has its files, and no other`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            try await product.pool.execute("DELETE FROM dailies.storage_identity")
            try FileManager.default.removeItem(atPath: marker(product).string)
            try unmount(product)
            try await product.withWorker(variables: Self.health) { worker in
                try await until { worker.said.contains("has none of the files that the database names") }
                #expect(try await product.value("SELECT count(*) FROM dailies.storage_identity") == 0)
                #expect(!FileManager.default.fileExists(atPath: marker(product).string))
                let refused = try await product.run("storage", "adopt")
                #expect(refused.code == 65 && refused.error.contains("Not adopted"), "\(refused.error)")
                try mount(product)
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 200 }
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.storage_identity WHERE is_marked") == 1)
            #expect(FileManager.default.fileExists(atPath: marker(product).string))
        }
    }

    @Test func `a storage without its marker, or with another one's, is taken when a person says so`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            let other = UUID().uuidString.lowercased()
            for content in [nil, other] {
                try FileManager.default.removeItem(atPath: marker(product).string)
                try content?.write(toFile: marker(product).string, atomically: false, encoding: .utf8)
                let doctor = try await product.run("doctor")
                #expect(doctor.code == 78 && doctor.output.contains("run `dailies storage adopt`"), "\(doctor.output)")
                let adopted = try await product.run("storage", "adopt")
                #expect(adopted.code == 0 && adopted.output.contains("Of 4 files"), "\(adopted.output)\(adopted.error)")
                #expect(try await product.run("doctor").output.contains("it is not another database's"))
            }
            #expect(try await product.value("SELECT id::text FROM dailies.storage_identity") == other)
            #expect(try await product.value("SELECT count(*) FROM dailies.audit_events WHERE action = 'storage.adopted'") == 2)
            try "no number".write(toFile: marker(product).string, atomically: false, encoding: .utf8)
            let damaged = try await product.run("doctor")
            #expect(damaged.code == 78 && damaged.output.contains("does not hold a storage's number"), "\(damaged.output)")
        }
    }

    @Test func `a marker that a crash left unwritten is written by whoever comes next`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            try await product.pool.execute("INSERT INTO dailies.storage_identity (id) VALUES (gen_random_uuid())")
            try await product.bringIn(Product.recordings(1))
            let marked = try String(contentsOfFile: marker(product).string, encoding: .utf8)
            let known: String = try await product.value("SELECT id::text FROM dailies.storage_identity WHERE is_marked")
            #expect(marked == known + "\n")
        }
    }
}
