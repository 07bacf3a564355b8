import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// The real program through a real PgBouncer in transaction mode: all of it works, but that nobody is told of new jobs.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct PgBouncerTests {
    private func recordings(_ count: Int) -> [FilePath] {
        let names = ["audio-only.webm", "chrome-vp8-opus.webm", "fault-mic-muted.webm"]
        return (0..<count).map { Fixtures.recording(names[$0 % names.count]) }
    }

    @Test func `several processes migrate at once through the pooler, and no lock stays behind`() async throws {
        try await Product.behindPgBouncer { product, _ in
            let endings = try await withThrowingTaskGroup(of: Product.Ending.self) { group in
                for _ in 0..<4 { group.addTask { try await product.run("migrate") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(endings.allSatisfy { $0.code == 0 }, "\(endings.map(\.error))")
            #expect(endings.count { $0.output.contains("Applied: 0001_queue.sql") } == 1)
            let locks: PostgresQuery = """
                SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND d.datname = current_database()
                """
            #expect(try await product.value(locks) == 0)
        }
    }

    @Test func `every command works through the pooler`() async throws {
        try await Product.behindPgBouncer { product, bouncer in
            func expect(_ output: String, of arguments: String...) async throws {
                let ending = try await product.run(arguments)
                #expect(ending.code == 0 && ending.output.contains(output), "\(arguments): \(ending)")
            }
            try await expect("Applied: 0001_queue.sql", of: "migrate")
            try await product.bringIn(recordings(9))
            try await expect("The queue is paused.", of: "queue", "pause", "--note", "a look first")
            try await expect("a look first", of: "status")
            let ids: [Int64] = try await product.pool.query("SELECT id FROM dailies.jobs ORDER BY id").decode(Int64.self)
            try await expect("inspect_response", of: "jobs", "list", "--json")
            try await expect("cancelled", of: "jobs", "cancel", "\(ids[0])")
            try await expect("cancelled", of: "jobs", "show", "\(ids[0])")
            try await expect("Put back", of: "jobs", "retry", "\(ids[0])", "--note", "wanted after all")
            try await expect("wanted after all", of: "jobs", "show", "\(ids[0])", "--json")
            try await expect("The queue goes on.", of: "queue", "resume")
            try await product.running("work", "--slots", "4") { worker in
                try await product.until("SELECT count(*) = 9 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            // One job has two endings: the cancelled one stays in the history.
            try await product.pool.execute("DELETE FROM dailies.job_history WHERE outcome = 'cancelled'")
            try await product.expectWhole(responses: 9)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
            try await expect("9 answers: 9 reviewable", of: "answers")
            try await expect("\"reviewable\" : 9", of: "status", "--json")
            let examined = try await product.run("doctor").output
            #expect(examined.contains("reached through a pooler"))
            // The tests' server is not durable, and doctor says so.
            #expect(examined.split(separator: "\n").filter { $0.hasPrefix("problem") }.allSatisfy { $0.contains("fsync") }, "\(examined)")
            #expect(try await bouncer.channelsLeftBehind() == [])
        }
    }

    @Test func `without a direct address new jobs are found by polling, and the log and the processor stay quiet`() async throws {
        try await Product.behindPgBouncer { product, bouncer in
            try await product.run("migrate")
            try await product.loadRole()
            let log = product.data.appending("worker.log")
            try await product.running(["work", "--slots", "2"], log: log) { worker in
                try await product.untilItIdles()
                try await product.bringIn(recordings(1))
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                let before = try Self.processorSeconds(of: worker)
                try await product.pool.execute("CREATE TABLE noted AS SELECT beaten_at FROM dailies.workers")
                try await product.until("SELECT w.beaten_at > n.beaten_at + interval '6 seconds' FROM dailies.workers w, noted n")
                #expect(try Self.processorSeconds(of: worker) - before < 0.6, "a tenth of the time is far more than idling takes")
                try await product.bringIn(recordings(2))
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            let text = try String(contentsOfFile: log.string, encoding: .utf8)
            #expect(text.split(separator: "\n").count { $0.contains("pooler") } == 1, "\(text)")
            #expect(text.split(separator: "\n").count { $0.contains("warning") || $0.contains("error") } == 1, "\(text)")
            #expect(try await bouncer.channelsLeftBehind() == [], "a session that others use listens to nothing")
        }
    }

    @Test func `with a direct address beside the pooler new jobs are told of at once`() async throws {
        try await Product.behindPgBouncer { product, bouncer in
            try await product.run("migrate")
            try await product.loadRole()
            let direct = product.pool.configuration.connection.connectionString
            let arguments = ["work", "--slots", "1", "--listen-database", direct, "--poll-ms", "60000"]
            try await product.running(arguments) { worker in
                try await product.untilItIdles()
                for count in 1...4 {
                    try await product.bringIn(recordings(count))
                    try await product.until("SELECT count(*) = \(count) FROM dailies.review_records")
                }
                kill(worker, SIGTERM)
            }
            // Polls are 54 s apart at least, so at most one of four claims can owe its luck to one. How long an answer then takes is
            // the machine's affair.
            let prompt: PostgresQuery = """
                SELECT count(*) FROM dailies.job_history WHERE attempt = 1 AND claimed_at - created_at < interval '25 seconds'
                """
            #expect(try await product.value(prompt) == 4)
            #expect(try await bouncer.channelsLeftBehind() == [])
            let doctor = try await product.run("doctor", "--listen-database", direct)
            #expect(doctor.output.contains("listen-database: leads to the server itself"), "\(doctor.output)")
            let pooled = try await product.run("doctor", "--listen-database", bouncer.conninfo)
            #expect(pooled.code == 78 && pooled.output.contains("leads to a pooler"), "\(pooled.output)")
        }
    }

    private static func processorSeconds(of process: pid_t) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        // Behind the name, which may hold anything: the state is field 3; user and system time are fields 14 and 15.
        let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
        return try (#require(Double(fields[11])) + #require(Double(fields[12]))) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
