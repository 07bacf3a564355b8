import Foundation
import Migrations
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// This release when the next one's migrations arrive, and before its own have. `Scripts/upgrade-test` does the same with the release before.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct UpgradeTests {
    /// What a migration may do: add. On every table that is busy while people rate and workers work.
    private static let ahead = Migration(
        number: 9000, name: "ahead",
        sql: """
            ALTER TABLE dailies.jobs ADD COLUMN hint text;
            ALTER TABLE dailies.workers ADD COLUMN zone text NOT NULL DEFAULT '';
            ALTER TABLE dailies.responses ADD COLUMN source text NOT NULL DEFAULT 'page';
            ALTER TABLE dailies.review_records ADD COLUMN note text;
            ALTER TABLE dailies.ratings ADD COLUMN note text;
            ALTER TABLE dailies.reviewers ADD COLUMN language text;
            CREATE TABLE dailies.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, response_id bigint REFERENCES dailies.responses);
            CREATE INDEX jobs_by_hint ON dailies.jobs (hint) WHERE hint IS NOT NULL;
            """)

    @Test func `people rate and workers work while the next release moves the schema ahead, and afterwards`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(6))
            #expect(try await product.run("reviewer", "add", "ada@team.example", "--name", "Ada", "--admin").code == 0)
            let token = try await product.run("token", "add", "ada@team.example", "--name", "test", "--scope", "write").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) >= 2 FROM dailies.review_records")
                let response: Int64 = try await product.value(
                    "SELECT min(response_id) FROM dailies.review_records WHERE outcome = 'usable'")
                try await product.withSite { address in
                    let (codes, answered) = AsyncStream.makeStream(of: String.self)
                    async let _: Void = {
                        defer { answered.finish() }
                        var score = 1
                        while !Task.isCancelled {
                            answered.yield(try await product.rate(response, score, at: address, token: token))
                            score = score % 5 + 1
                        }
                    }()
                    var answers = codes.makeAsyncIterator()
                    for _ in 1...3 { try #require(await answers.next() == "200") }
                    let owner = DatabaseAccount.migration.reaching(product.pool.configuration.connection.connectionString)
                    let applied = try await Migrator(Migrations.all + [Self.ahead]).apply(on: try await PostgresConnection.connect(owner))
                    #expect(applied.applied == [Self.ahead])
                    // One may have been asked before that.
                    for _ in 1...6 { try #require(await answers.next() == "200") }
                }
                // One that comes when the schema is ahead already.
                try await product.withSite { address in
                    let answered = try await product.rate(response, 5, at: address, token: token)
                    #expect(answered == "200")
                }
                try await product.bringIn(Product.recordings(2), from: 50)
                try await product.until("SELECT count(*) = 8 FROM dailies.review_records")
                #expect(!worker.said.contains("\"level\":\"error\""), "\(worker.said)")
            }
            try await product.expectWhole(responses: 8)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt <> 1") == 0)
        }
    }

    @Test func `a site that comes before its migrations waits for them, and then serves`() async throws {
        try await Product.with(migrated: false) { product in
            let (log, port) = (product.data.appending("site.log"), try FreePort.any())
            let status = try await product.running(["serve", "--listen", "127.0.0.1:\(port)"], log: log) { site in
                try await until {
                    try String(contentsOfFile: log.string, encoding: .utf8).contains("waiting for the schema")
                }
                let migrated = try await product.run("migrate")
                #expect(migrated.code == 0, "\(migrated.error)")
                let page = try await Subprocess.run(
                    .name("curl"),
                    arguments: [
                        "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--retry", "300", "--retry-delay", "1", "--retry-connrefused",
                        "http://127.0.0.1:\(port)/sign-in",
                    ], output: .string(limit: 1 << 16), error: .discarded)
                #expect(page.standardOutput == "200")
                kill(site, SIGTERM)
            }
            #expect(status == .exited(0))
        }
    }
}
