import Foundation
import Postgres
import Recordings
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// What doctor finds, each with its remedy.
@Suite(.tags(.database, .media, .program), .timeLimit(.minutes(10)))
struct DoctorTests {
    @Test func `a clock difference up to two seconds and the query's time is fine, and more gets a note`() {
        #expect(Examination.clock(ahead: 1.9, uncertain: 0).verdict == .fine)
        #expect(Examination.clock(ahead: -4.9, uncertain: 3).verdict == .fine)
        let behind = Examination.clock(ahead: -3, uncertain: 0.1)
        #expect(behind.verdict == .note && behind.text.hasPrefix("3 s behind the database's") && behind.remedy != nil)
    }

    @Test func `too few connections are a problem before the last one is taken`() {
        #expect(Examination.connections(most: 97, used: 80, wanted: 14).verdict == .fine)
        let few = Examination.connections(most: 97, used: 90, wanted: 14)
        #expect(few.isProblem && few.remedy?.contains("max_connections") == true)
    }

    @Test func `addresses that a migration could not decide about are told of with what to do`() {
        #expect(Examination.addresses(renamed: [], candidates: []).isEmpty)
        let found = Examination.addresses(renamed: ["account-2@renamed.invalid"], candidates: [7, 9])
        #expect(found.count == 2 && found.allSatisfy { $0.verdict == .note && $0.remedy != nil })
        #expect(found[0].text.contains("account-2@renamed.invalid") && found[1].text.contains("candidates 7, 9 "))
    }

    @Test func `a site behind TLS that names no proxy gets a note, unless only this machine reaches it`() {
        func found(_ areNamed: Bool, _ isOpenedByTLS: Bool, _ host: String) -> [Finding] {
            Examination.proxies(areNamed: areNamed, isOpenedByTLS: isOpenedByTLS, listensOn: host)
        }
        #expect(found(false, true, "0.0.0.0").first?.remedy?.contains("Set trusted-proxies") == true)
        #expect(found(true, true, "0.0.0.0").isEmpty && found(false, false, "0.0.0.0").isEmpty && found(false, true, "127.0.0.1").isEmpty)
    }

    @Test func `a PostgreSQL before 15 is a problem`() {
        #expect(Examination.version(150_000) == .fine("database", "PostgreSQL 15.0 answers"))
        let old = Examination.version(140_012)
        #expect(old.isProblem && old.text == "PostgreSQL 14.12 is too old" && old.remedy?.contains("15") == true)
    }

    @Test func `inspectors that may take more than the machine has are worth a note`() {
        #expect(Examination.memory(total: 4 << 30, slots: 4, each: 1 << 30).isEmpty)
        #expect(Examination.memory(total: 4 << 30, slots: 5, each: 1 << 30).first?.verdict == .note)
    }

    @Test func `an FFmpeg that cannot encode is worth a note`() {
        let whole = FFmpegBuild(version: "7.1", libraries: ["libavformat 61.7.100"], encodesH264: true)
        #expect(Examination.ffmpeg(whole) == .fine("ffmpeg", "7.1 (libavformat 61.7.100)"))
        var poorer = whole
        poorer.encodesH264 = false
        #expect(Examination.ffmpeg(poorer).remedy?.contains("libx264") == true)
    }

    @Test func `a folder that others may enter is a problem, one of another user worth a note`() {
        #expect(Examination.folder("/f", mode: 0, owner: 7, user: 7, as: "storage").isEmpty)
        #expect(Examination.folder("/f", mode: 0, owner: 7, user: 0, as: "storage").isEmpty)
        #expect(Examination.folder("/f", mode: 0o005, owner: 7, user: 7, as: "storage").first?.remedy == "chmod o-rx /f")
        #expect(Examination.folder("/f", mode: 0, owner: 7, user: 8, as: "storage").first?.verdict == .note)
    }

    @Test func `it says all that a person would look up, and what is wrong with the server and the folders`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            chmod(product.data.appending("storage").string, 0o755)
            let said = try await product.run("doctor")
            for finding in [
                "ok      machine: Linux ", "ok      database: PostgreSQL ", "ok      connections: ", "ok      clock: ",
                "ok      schema: up to date", "ok      queue: 1 jobs to do, 0 workers alive", "note    queue: nobody works on them",
                "ok      space: ", "ok      ffmpeg: ", "ok      sandbox: ", "ok      inspector: ",
                "problem storage: everybody on this machine may list ",
                // The tests' server is not meant to keep anything.
                "problem database: fsync or full_page_writes is off",
            ] {
                #expect(said.output.contains(finding), "\(finding) is not in:\n\(said.output)")
            }
            #expect(said.output.contains("chmod o-rx \(product.data)/storage") && said.output.contains("libavcodec "))
            #expect(said.code == 78)
            #expect(!said.output.contains("may do everything on this server"), "the operator's account may not")

            var administrator = product
            administrator.hasAccounts = false
            #expect(try await administrator.run("doctor").output.contains("may do everything on this server"))
        }
    }

    @Test func `doctor says what keeps the queue from working, and which account may count it`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            #expect(try await product.run("jobs", "discard", "1").code == 0)
            #expect(try await product.run("queue", "pause", "--note", "a look first").code == 0)
            let said = try await product.run("doctor").output
            for finding in [
                "note    queue: nobody works on them", "note    queue: it is paused",
                "note    queue: 1 jobs were discarded in the last day",
                "`dailies queue resume` ends it", "dailies jobs list --state discarded",
            ] {
                #expect(said.contains(finding), "\(finding) is not in:\n\(said)")
            }
            var worker = product.reached(by: DatabaseAccount.worker.reaching(product.pool.configuration.connection.connectionString))
            worker.hasAccounts = false
            #expect(try await worker.run("doctor").output.contains("note    queue: this account may not count it"))
        }
    }

    @Test func `a schema of another release, an open settings file, an inspector that is missing and one without a sandbox are found`()
        async throws
    {
        try await Product.with { product in
            let file = product.data.appending("settings.yaml")
            try "database: \(product.pool.configuration.connection.connectionString)\n"
                .write(toFile: file.string, atomically: false, encoding: .utf8)
            chmod(file.string, 0o644)
            let flags = ["--data", product.data.string, "--config", file.string]
            var configured = Product(data: product.data, pool: product.pool, flags: flags)
            configured.settings = ["DAILIES_INSPECTOR": "/nonexistent"]
            try await product.pool.execute(
                "INSERT INTO dailies.migrations (number, name, checksum) VALUES (9000, 'later', repeat('0', 64))")
            let said = try await configured.run("doctor")
            for finding in [
                "note    schema: the database is newer than this program", "note    settings: everybody on this machine may read \(file)",
                "problem inspector: ",
            ] {
                #expect(said.output.contains(finding), "\(finding) is not in:\n\(said.output)")
            }
            chmod(file.string, 0o640)
            configured.settings = [:]
            try await product.pool.execute("UPDATE dailies.migrations SET checksum = repeat('0', 64) WHERE number = 1")
            let again = try await configured.run("doctor", "--sandbox", "off")
            #expect(again.output.contains("problem schema: ") && again.code == 78, "\(again.output)")
            #expect(!again.output.contains("note    settings: "))
            #expect(again.output.contains("note    sandbox: switched off"), "\(again.output)")
        }
    }

    @Test func `a schema that is behind, a read-only database and a wrong clock are found`() async throws {
        try await Product.with(migrated: false) { product in
            #expect(try await product.run("doctor").output.contains("migrations are not applied"))
            let database = try #require(product.pool.configuration.connection.target.database)
            try await product.pool.withConnection { connection in
                try await connection.script("ALTER DATABASE \"\(database)\" SET default_transaction_read_only = on")
            }
            let words = product.arguments(["doctor"])
            let late = try await Subprocess.run(
                .path("/usr/bin/faketime"),
                arguments: Arguments(["-f", "--exclude-monotonic", "-90s", try Product.program.string] + words),
                environment: Product.environment, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            #expect(late.standardOutput.contains("it is read-only"), "\(late.standardOutput)\(late.standardError)")
            #expect(late.standardOutput.contains("note    clock: 90 s behind the database's"), "\(late.standardOutput)")
        }
    }
}
