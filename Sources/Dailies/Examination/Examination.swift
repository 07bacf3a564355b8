import FoundationEssentials
import Glibc
import Inspectors
import JobQueue
import Migrations
import Postgres
import Recordings
import Storage
import SystemPackage

/// Looks at everything that a worker needs, one thing after the other, and goes on after each failure.
struct Examination: Sendable {
    let application: Application

    private var settings: Settings { application.settings }

    func findings() async -> [Finding] {
        var found: [Finding] = []
        found += await database()
        found += await listening()
        found += await storage()
        found += await inspector()
        return found
    }

    private func database() async -> [Finding] {
        do {
            return try await application.withDatabase { database in
                let connection = try await PostgresConnection.connect(database)
                let version = connection.serverVersion
                let status = try await Migrator(logger: application.logger).status(on: connection)
                var found: [Finding] = []
                let name = "PostgreSQL \(version / 10_000).\(version % 10_000)"
                // UNIQUE NULLS NOT DISTINCT, which the queue's pauses use, came with 15.
                found.append(
                    version >= 150_000
                        ? .fine("database", "\(name) answers")
                        : .problem("database", "\(name) is too old", remedy: "Use PostgreSQL 15 or newer."))
                found.append(Self.schema(status))
                if try await connection.isPooled() { found.append(pooler) }
                if status.contradiction == nil, status.pending.isEmpty {
                    let pool = PostgresPool(database, limit: 1)
                    let counts = try await JobQueue(pool: pool).counts()
                    await pool.close()
                    found.append(.fine("queue", "\(counts.live) jobs to do, \(counts.workers) workers alive"))
                    if counts.discarded > 0 {
                        found.append(
                            .note(
                                "queue", "\(counts.discarded) jobs were discarded in the last day",
                                remedy: "`dailies jobs list --state discarded` shows them, `dailies jobs show ID` why."))
                    }
                }
                return found
            }
        } catch {
            return [.problem("database", Failure(error)?.message ?? "\(error)")]
        }
    }

    /// That LISTEN does not work here is only worth knowing where nothing was done about it.
    private var pooler: Finding {
        let text = "reached through a pooler, such as PgBouncer"
        guard settings.listenDatabase == nil else { return .fine("database", text) }
        return .note(
            "database", "\(text): new jobs are found by polling, every \(settings.pollMs.value) ms",
            remedy: "That works. To be told of them at once, set listen-database to the server's own address.")
    }

    private func listening() async -> [Finding] {
        guard let setting = settings.listenDatabase else { return [] }
        do {
            let connection = try await PostgresConnection.connect(PostgresConfiguration(setting.value, logger: application.logger))
            guard try await !connection.isPooled() else {
                return [
                    .problem(
                        "listen-database", "leads to a pooler, where nobody can listen", remedy: "Set it to the server's own address.")
                ]
            }
            return [.fine("listen-database", "leads to the server itself")]
        } catch {
            return [.problem("listen-database", "\(error)")]
        }
    }

    private static func schema(_ status: MigrationStatus) -> Finding {
        if let contradiction = status.contradiction { return .problem("schema", "\(contradiction)") }
        guard status.pending.isEmpty else {
            return .problem("schema", "\(status.pending.count) migrations are not applied", remedy: "Run `dailies migrate`.")
        }
        guard status.newer.isEmpty else {
            return .note(
                "schema", "the database is newer than this program", remedy: "That works; bring the program up to date when you can.")
        }
        return .fine("schema", "up to date, \(status.applied.count) migrations")
    }

    private func storage() async -> [Finding] {
        do {
            try await application.withStorage { try await $0.checkThoroughly() }
            return [.fine("storage", "\(settings.storage.value) can be read and written")] + space(settings.storage.value.workFolder)
        } catch {
            return [.problem("storage", Failure(error)?.message ?? "\(error)")]
        }
    }

    private func space(_ folder: FilePath) -> [Finding] {
        guard let free = FreeSpace.bytes(in: folder) else { return [] }
        let text = "\(free >> 20) MiB are free"
        guard free >> 20 < Int64(settings.minFreeMiB.value) else { return [.fine("space", text)] }
        return [
            .problem(
                "space", "\(text), and min-free-mib is \(settings.minFreeMiB.value): workers claim nothing",
                remedy: "Make room in \(folder), or use another one.")
        ]
    }

    /// Whether an inspector that tries what it must not do is stopped.
    private static func cage(_ tests: [CageTest]) -> [Finding] {
        let escapes = tests.filter { !$0.held }
        guard !escapes.isEmpty else {
            return [.fine("inspector", "starts, and \(tests.count) forbidden things that it tried were each stopped")]
        }
        return escapes.map {
            .problem("inspector", "the sandbox did not stop \($0.attempt): \($0.detail)", remedy: "Do not open untrusted recordings here.")
        }
    }

    private func inspector() async -> [Finding] {
        do {
            let inspectors = try application.inspectors()
            var found: [Finding] = []
            let support = try await inspectors.sandboxSupport()
            if support.lacks.isEmpty {
                found.append(.fine("sandbox", "the kernel offers Landlock (ABI \(support.landlock ?? 0)) and seccomp"))
                found +=
                    settings.sandbox.value == .off
                    ? [.note("sandbox", "switched off: recordings are opened with this user's rights", remedy: "Leave --sandbox out.")]
                    : Self.cage(try await inspectors.testCage())
            } else if settings.sandbox.value == .off {
                found.append(.note("sandbox", "off, and \(support.lacks)"))
            } else {
                found.append(.problem("sandbox", "\(InspectorError.sandboxUnavailable(support))"))
            }
            await inspectors.shutdown()
            return found
        } catch {
            return [.problem("inspector", "\(error)")]
        }
    }
}
