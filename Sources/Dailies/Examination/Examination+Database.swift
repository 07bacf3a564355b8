import FoundationEssentials
import Interviews
import JobQueue
import Migrations
import Postgres

/// The database, as a worker with these settings reaches it.
extension Examination {
    func database() async -> [Finding] {
        do {
            return try await application.withDatabase { database in
                let connection = try await PostgresConnection.connect(database)
                let status = try await Migrator(logger: application.logger).status(on: connection)
                var found = [Self.version(connection.serverVersion, in: place)]
                found += try await server(connection)
                found.append(try await clock(connection))
                // Before 15 the server has not all that is asked for here.
                if connection.serverVersion >= 150_000 {
                    found += await finding("settings") { try await changes(connection) }
                    found += await finding("transactions") { try await transactions(connection) }
                }
                found.append(Self.schema(status))
                if connection.isPooled { found.append(pooler) }
                guard status.contradiction == nil else { return found }
                if status.newer.isEmpty, try await isLookedInto(connection, everythingPending: !status.pending.isEmpty) {
                    found += await finding("rights") { try await rights(connection) }
                }
                if status.pending.isEmpty {
                    found += try await queue(database)
                    found += await finding("answers") { try await answers(database) }
                    found += await finding("addresses") { try await addresses(connection) }
                }
                return found
            }
        } catch {
            return [.problem("database", Failure(error)?.message ?? "\(error)")]
        }
    }

    /// What one check finds. An error of it is a finding, so that the checks behind it run too.
    private func finding(_ subject: String, _ check: () async throws -> [Finding]) async -> [Finding] {
        do {
            return try await check()
        } catch {
            return [.problem(subject, Failure(error)?.message ?? "\(error)")]
        }
    }

    private var place: String { settings.database.value == .privateServer ? ", a private server in \(settings.data.value)/postgres" : "" }

    /// - Parameter number: the version as the server reports it, such as 150014 for 15.14.
    static func version(_ number: Int, in place: String = "") -> Finding {
        let name = "PostgreSQL \(number / 10_000).\(number % 10_000)"
        // UNIQUE NULLS NOT DISTINCT, which the queue's pauses use, came with 15.
        return number >= 150_000
            ? .fine("database", "\(name) answers\(place)")
            : .problem("database", "\(name) is too old", remedy: "Use PostgreSQL 15 or newer.")
    }

    /// Checks the server's settings and state for what breaks a promise of Dailies.
    private func server(_ connection: PostgresConnection) async throws -> [Finding] {
        let row = try await connection.query(
            PostgresQuery(
                named: "doctor.server",
                """
                SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
                       current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS is_durable,
                       current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint AS most,
                       (SELECT coalesce(sum(numbackends), 0)::bigint FROM pg_stat_database) AS used,
                       current_user AS account, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser
                """)
        ).one()
        var found: [Finding] = []
        if try row.decode("is_read_only") {
            found.append(
                .problem(
                    "database", "it is read-only: a standby, or switched so", remedy: "Promote it, or connect to the primary.")
            )
        }
        if try !row.decode("is_durable", as: Bool.self) {
            found.append(
                .problem(
                    "database", "fsync or full_page_writes is off: answers that were accepted are lost when its machine loses power",
                    remedy: "Switch both on in postgresql.conf."))
        }
        let (most, used): (Int, Int) = (try row.decode("most"), try row.decode("used"))
        found.append(Self.connections(most: most, used: used, wanted: min(settings.slots.value, 8) + 6))
        // The private server has no account but its owner's.
        if settings.database.value != .privateServer, try row.decode("is_superuser") {
            let account: String = try row.decode("account")
            found.append(
                .note(
                    "database", "the account \(account) may do everything on this server",
                    remedy: "deploy/database-roles.sql makes accounts for workers, sites and people that may do what they need."))
        }
        return found
    }

    /// - Parameter wanted: the most connections that one worker with these settings uses.
    static func connections(most: Int, used: Int, wanted: Int) -> Finding {
        let text = "\(used) of \(most) are in use, and a worker takes up to \(wanted)"
        guard most - used < wanted else { return .fine("connections", text) }
        return .problem(
            "connections", text, remedy: "Raise max_connections, lower slots, or put PgBouncer in transaction mode in between.")
    }

    /// Only the database's clock decides anything. But a wrong clock on this machine makes logs and sign-in links confusing.
    private func clock(_ connection: PostgresConnection) async throws -> Finding {
        let before = Date()
        let theirs: Date = try await connection.query(PostgresQuery(named: "doctor.clock", "SELECT clock_timestamp()")).one().decode(at: 0)
        let after = Date()
        return Self.clock(
            ahead: before.addingTimeInterval(after.timeIntervalSince(before) / 2).timeIntervalSince(theirs),
            uncertain: after.timeIntervalSince(before) / 2)
    }

    /// - Parameters:
    ///   - ahead: by how many seconds this machine's clock is ahead of the database's.
    ///   - uncertain: by how many seconds `ahead` may be wrong.
    static func clock(ahead: Double, uncertain: Double) -> Finding {
        guard abs(ahead) > 2 + uncertain else { return .fine("clock", "agrees with the database's") }
        let seconds = Int(abs(ahead).rounded())
        return .note(
            "clock", "\(seconds) s \(ahead > 0 ? "ahead of" : "behind") the database's: no job minds, but logs tell another time",
            remedy: "Let both machines follow NTP: `timedatectl set-ntp true`.")
    }

    /// Whether the account's rights are worth a look: the schema is complete, or this account may not read how complete it is.
    private func isLookedInto(_ connection: PostgresConnection, everythingPending: Bool) async throws -> Bool {
        guard everythingPending else { return true }
        return try await connection.query(
            PostgresQuery(
                named: "doctor.may_not_read_schema",
                """
                SELECT EXISTS (
                    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = 'dailies' AND c.relname = 'migrations'
                      AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')))
                """)
        ).one().decode(at: 0)
    }

    private func answers(_ database: PostgresConfiguration) async throws -> [Finding] {
        let pool = PostgresPool(database, limit: 1)
        let found: [Finding]
        do {
            found = try await answers(Interviews(pool: pool))
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
        return found
    }

    private func queue(_ database: PostgresConfiguration) async throws -> [Finding] {
        let pool = PostgresPool(database, limit: 1)
        do {
            let counts = try await JobQueue(pool: pool).counts()
            let pauses = try await JobQueue(pool: pool).pauses()
            await pool.close()
            var found: [Finding] = [.fine("queue", "\(counts.liveInWords) jobs to do, \(counts.workers) workers alive")]
            if counts.available > 0, counts.workers == 0 {
                found.append(.note("queue", "nobody works on them", remedy: "Start a worker: `dailies work`."))
            }
            for pause in pauses {
                found.append(
                    .note(
                        "queue", "\(pause.kind.map { "jobs of kind \($0) are" } ?? "it is") paused",
                        remedy: "`dailies queue resume` ends it."))
            }
            if counts.discarded > 0 {
                found.append(
                    .note(
                        "queue", "\(counts.inWords(.discarded)) jobs were discarded in the last day",
                        remedy: "`dailies jobs list --state discarded` shows them, `dailies jobs show ID` why."))
            }
            return found
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            await pool.close()
            return [
                .note(
                    "queue", "this account may not count it",
                    remedy: "Run doctor as dailies_operator to see the whole; the worker's account may less.")
            ]
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Says that LISTEN does not work here, unless a setting for it exists.
    private var pooler: Finding {
        let text = "reached through a pooler, such as PgBouncer"
        guard settings.listenDatabase == nil else { return .fine("database", text) }
        return .note(
            "database", "\(text): new jobs are found by polling, every \(settings.pollMs.value) ms",
            remedy: "That works. To be told of them at once, set listen-database to the server's own address.")
    }

    func listening() async -> [Finding] {
        guard let setting = settings.listenDatabase else { return [] }
        do {
            let connection = try await PostgresConnection.connect(PostgresConfiguration(setting.value, logger: application.logger))
            guard !connection.isPooled else {
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
            return .problem(
                "schema", "\(status.pending.count) migrations are not applied, or this account may not look into the schema",
                remedy: "Run `dailies migrate`.")
        }
        guard status.newer.isEmpty else {
            return .note(
                "schema", "the database is newer than this program", remedy: "That works; bring the program up to date when you can.")
        }
        return .fine("schema", "up to date, \(status.applied.count) migrations")
    }
}
