import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Signals to commands that do one thing: each ends soon, leaves nothing behind, and says with its exit code what ended it.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct CommandSignalTests {
    static let signals = [SIGINT, SIGTERM, SIGHUP]

    @Test(arguments: signals)
    func `An inspection that is stopped ends its inspector`(signal: Int32) async throws {
        try await TemporaryFolder.with { folder in
            let pool = PostgresPool(PostgresConfiguration("host=/nonexistent"), limit: 1)
            let product = Product(data: folder, pool: pool, flags: [])
            let log = folder.appending("said.log")
            let status = try await product.running(["inspect", Fixtures.recording("chrome-vp9-720p.webm").string], log: log) { process in
                let inspector = try await untilSeen {
                    ProcessTree.inspectors(of: process).first { kill($0, SIGSTOP) == 0 && !ProcessTree.isGone($0) }
                }
                let family = ProcessTree.descendants(of: process)
                kill(process, signal)
                try await until { ([inspector] + family).allSatisfy(ProcessTree.isGone) }
            }
            #expect(status == .exited(128 + signal))
            #expect(try String(contentsOfFile: log.string, encoding: .utf8).contains("dailies: Stopped by"))
            await pool.close()
        }
    }

    @Test(arguments: signals)
    func `An import that is stopped says how far it came, and the next one brings in the others`(signal: Int32) async throws {
        try await Product.with { product in
            try await product.loadRole()
            let manifest = product.data.appending("many.csv")
            let file = Fixtures.recording("audio-only.webm")
            let rows = (0..<400).map {
                "deep-learning-engineer,\($0 % 20 + 1),Candidate \($0 / 20),candidate-\($0 / 20)@example.org,\(file)\n"
            }
            try ("role,question,candidate_name,candidate_email,file\n" + rows.joined())
                .write(toFile: manifest.string, atomically: false, encoding: .utf8)
            let log = product.data.appending("said.log")
            let status = try await product.running(["import", manifest.string], log: log) { process in
                try await product.until("SELECT count(*) > 2 FROM dailies.responses")
                kill(process, signal)
            }
            #expect(status == .exited(128 + signal))
            let said = try String(contentsOfFile: log.string, encoding: .utf8)
            let came: Int = try await product.value("SELECT count(*)::bigint FROM dailies.responses")
            #expect(came < 400)
            #expect(
                said.contains("Stopped after \(came) of 400 rows.") || said.contains("Stopped after \(came - 1) of 400 rows."), "\(said)")
            #expect(try await product.run("import", manifest.string).code == 0)
            #expect(try await product.value("SELECT count(*)::bigint FROM dailies.responses") == 400)
        }
    }

    @Test(arguments: signals)
    func `A migration that waits is stopped, in the database too`(signal: Int32) async throws {
        try await Product.with(migrated: false) { product in
            try await product.pool.withConnection { connection in
                // What a migrator locks, who is the only one then.
                try await connection.script("BEGIN; SELECT pg_advisory_xact_lock(x'6461696c696573'::bigint)")
                let status = try await product.running("migrate") { process in
                    try await product.until(
                        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                    kill(process, signal)
                }
                #expect(status == .exited(128 + signal))
                try await product.until(
                    """
                    SELECT count(*) = 0 FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND datname = current_database()
                    """)
                try await connection.script("ROLLBACK")
            }
            #expect(try await product.run("migrate").code == 0)
        }
    }

    @Test(arguments: signals)
    func `A command that waits for a person's input ends at once`(signal: Int32) async throws {
        try await Product.with { product in
            let (reading, writing) = try FileDescriptor.pipe()
            let result = try await Subprocess.run(
                .path(Product.program), arguments: Arguments(product.arguments(["reviewer", "password", "ada@team.example"])),
                environment: .custom(product.variables), input: .fileDescriptor(reading, closeAfterSpawningProcess: true),
                output: .discarded, error: .discarded
            ) { execution in
                let process = execution.processIdentifier.value
                try await until { ProcessTree.traps(signal, in: process) }
                kill(process, signal)
            }
            try writing.close()
            #expect(result.terminationStatus == .exited(128 + signal))
        }
    }

    @Test func `What was ignored from the beginning stays ignored, as nohup wants it`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            let words = try ["-c", #"trap "" HUP; exec "$0" "$@""#, Product.program.string] + product.arguments(["status", "--watch"])
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(words), environment: .custom(product.variables), input: .none, output: .sequence,
                error: .discarded
            ) { execution in
                var lines = 0
                for try await _ in execution.standardOutput.strings() {
                    lines += 1
                    if lines == 1 { kill(execution.processIdentifier.value, SIGHUP) }
                    if lines == 3 { kill(execution.processIdentifier.value, SIGTERM) }
                }
                return lines
            }
            #expect(result.closureResult >= 3)
            #expect(result.terminationStatus == .exited(0))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `A daemon that is stopped while it waits for the schema ends in order`(signal: Int32) async throws {
        try await Product.with(migrated: false) { product in
            for words in [["work"], ["serve", "--listen", "127.0.0.1:0"]] {
                let log = product.data.appending("\(words[0]).log")
                let status = try await product.running(words, log: log) { process in
                    try await until {
                        (try? String(contentsOfFile: log.string, encoding: .utf8))?.contains("waiting for the schema") == true
                    }
                    kill(process, signal)
                }
                #expect(status == .exited(0))
            }
        }
    }
}
