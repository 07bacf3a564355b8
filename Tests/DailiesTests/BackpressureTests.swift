import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// While something is missing that every job needs, workers claim nothing, say so, and go on by themselves when it is over.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct BackpressureTests {
    private static let variables: [Environment.Key: String] = ["DAILIES_HEALTH": "127.0.0.1:0"]

    /// Holds a worker by `obstruct`, brings answers in, and lets them be reviewed after `clear`: no attempt was made before.
    private func hold(
        _ check: String, saying words: String, variables: [Environment.Key: String] = [:],
        obstruct: @escaping (Product) async throws -> Void, clear: @escaping (Product) async throws -> Void
    ) async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(variables: Self.variables.merging(variables) { $1 }) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                try await obstruct(product)
                try await until { worker.said.contains(words) }
                let held = try await Scraped.get("/readyz", of: worker, in: product)
                #expect(held.status == 503)
                #expect(held.text.split(separator: "\n").contains { $0.hasPrefix("\(check): ") && $0 != "\(check): ok" }, "\(held.text)")
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                #expect(metrics.value("dailies_claiming_held") == 1)
                #expect(metrics.value("dailies_check_ok{check=\"\(check)\"}") == 0)
                try await clear(product)
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 200 }
                try await product.bringIn(Product.recordings(3), from: 2)
                try await product.until("SELECT count(*) = 4 FROM dailies.review_records")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 1") == 0)
        }
    }

    @Test func `no job is claimed while storage is away`() async throws {
        try await hold("storage", saying: "claims no jobs until this obstacle is gone") { product in
            let storage = product.data.appending("storage").string
            try FileManager.default.moveItem(atPath: storage, toPath: storage + "-away")
        } clear: { product in
            let storage = product.data.appending("storage").string
            try FileManager.default.moveItem(atPath: storage + "-away", toPath: storage)
        }
    }

    @Test func `no job is claimed while the database is read-only`() async throws {
        // The setting is the database's, which every new session takes over; those that the worker has are ended.
        func set(_ product: Product, readOnly: Bool) async throws {
            let name: String = try await product.value("SELECT current_database()::text")
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    BEGIN READ WRITE;
                    ALTER DATABASE "\(name)" SET default_transaction_read_only = \(readOnly ? "on" : "off");
                    COMMIT;
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid();
                    """)
            }
        }
        try await hold("database", saying: "The database is read-only") { product in
            try await set(product, readOnly: true)
        } clear: { product in
            try await set(product, readOnly: false)
        }
    }

    @Test func `no job is claimed while the disk is nearly full, and no attempt is made`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            // More than any disk has.
            try await product.withWorker(variables: Self.variables.merging(["DAILIES_MIN_FREE_MIB": "1048576"]) { $1 }) { worker in
                try await until { worker.said.contains("MiB are free") }
                try await product.untilItIdles()
                #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available' AND attempt = 0") == 2)
                #expect(try await Scraped.get("/readyz", of: worker, in: product).text.contains("space: Only"))
                #expect(try await Scraped.get("/livez", of: worker, in: product).status == 200)
            }
            let doctor = try await product.run("doctor", "--min-free-mib", "1048576")
            #expect(doctor.code == 78)
            #expect(doctor.output.contains("workers claim nothing"))
        }
    }
}
