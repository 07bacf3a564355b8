import Foundation
import Postgres
import TestSupport
import Testing

/// The server commits a statement after it has sent the statement's rows. A commit that fails is the statement's failure, on every way in which
/// a statement can be sent.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct CommitFailureTests {
    enum Way: String, CaseIterable {
        case statement, prepared, script, pipeline, pipelineApart, transaction, thread
    }

    enum Fault: String, CaseIterable {
        case trigger = "INSERT INTO refused VALUES (1)"
        case foreignKey = "INSERT INTO orphans VALUES (1)"
        case unique = "INSERT INTO pairs VALUES (1), (1)"

        var state: String {
            switch self {
            case .trigger: "P0001"
            case .foreignKey: "23503"
            case .unique: "23505"
            }
        }
    }

    static let tables = """
        CREATE TABLE refused (n int);
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;
        CREATE CONSTRAINT TRIGGER refuses AFTER INSERT ON refused DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE TABLE parents (n int PRIMARY KEY);
        CREATE TABLE orphans (n int REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE pairs (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);
        """

    /// Runs `sql` in one of the ways, in a session that has run `first`, and passes its error on.
    private func run(_ sql: String, _ way: Way, after first: String = "SELECT 1", in conninfo: String) async throws {
        var configuration = PostgresConfiguration(conninfo)
        configuration.preparesStatements = way == .prepared
        let query = PostgresQuery(named: "write", verbatim: sql)
        if way == .thread { return try await runOnThread([PostgresQuery(verbatim: first), query], configuration) }
        let pool = PostgresPool(configuration, limit: 1)
        let error = await postgresError {
            try await pool.withConnection { connection in
                if way == .prepared { try await prepare(query, on: connection) }
                try await connection.script(first)
                try await run(query, way, on: connection)
            }
        }
        await pool.close()
        if let error { throw error }
    }

    private func run(_ query: PostgresQuery, _ way: Way, on connection: PostgresConnection) async throws {
        switch way {
        case .statement, .prepared: try await connection.execute(query)
        case .script: try await connection.script("SELECT 1; \(query.sql); SELECT 2")
        case .pipeline: for result in try await connection.pipeline(["SELECT 1", query]) { _ = try result.get() }
        case .pipelineApart:
            for result in try await connection.pipeline(["SELECT 1", query, "SELECT 2"], inOneTransaction: false) { _ = try result.get() }
        case .transaction: try await connection.transaction { _ = try await $0.execute(query) }
        case .thread: Issue.record("a thread has a connection of its own")
        }
    }

    /// A statement is prepared when it comes again. Both times are undone, so that nothing is refused yet.
    private func prepare(_ query: PostgresQuery, on connection: PostgresConnection) async throws {
        for _ in 0..<2 {
            try await connection.script("BEGIN")
            try await connection.execute(query)
            try await connection.script("ROLLBACK")
        }
        #expect(try await connection.query("SELECT count(*) FROM pg_prepared_statements", as: Int.self) == [1])
    }

    private func runOnThread(_ queries: [PostgresQuery], _ configuration: PostgresConfiguration) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        var connection = try BlockingConnection(configuration)
                        for query in queries { try connection.query(query, timeout: .seconds(60)) }
                    })
            }
        }
    }

    @Test(arguments: Way.allCases, Fault.allCases)
    func `What COMMIT refuses is not reported as done`(way: Way, fault: Fault) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let observer = try await PostgresConnection.connect(conninfo)
            try await observer.script(Self.tables)
            let error = await postgresError { try await run(fault.rawValue, way, in: conninfo) }
            #expect(error?.sqlState?.rawValue == fault.state, "\(String(describing: error))")
            let stored = try await observer.query(
                "SELECT (SELECT count(*) FROM refused) + (SELECT count(*) FROM orphans) + (SELECT count(*) FROM pairs)", as: Int.self)
            #expect(stored == [0])
        }
    }

    /// Each of two transactions reads the rows that the other writes. The statement waits, after its work, until the other has committed,
    /// so that only its own commit can find out.
    @Test(arguments: Way.allCases)
    func `A serialization failure at the commit of a statement is its error`(way: Way) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let other = try await PostgresConnection.connect(conninfo)
            try await other.script(
                """
                CREATE TABLE marks (who text);
                CREATE FUNCTION mark() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE seen bigint; BEGIN
                    SELECT count(*) INTO seen FROM marks;
                    INSERT INTO marks VALUES ('statement');
                    IF current_setting('tests.waits', true) = 'yes' THEN PERFORM pg_advisory_xact_lock(1); END IF;
                    RETURN seen; END $$;
                """)
            try await other.query("SELECT pg_advisory_lock(1)")
            async let error = postgresError {
                try await run(
                    "SELECT mark()", way,
                    after: """
                        SELECT set_config('tests.waits', 'yes', false), set_config('default_transaction_isolation', 'serializable', false)
                        """, in: conninfo)
            }
            try await until(
                """
                SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
                               WHERE locktype = 'advisory' AND NOT granted AND datname = current_database())
                """, on: other)
            try await other.transaction(isolation: .serializable) { other in
                try await other.query("SELECT count(*) FROM marks")
                try await other.execute("INSERT INTO marks VALUES ('other')")
            }
            try await other.query("SELECT pg_advisory_unlock(1)")
            #expect(await error?.sqlState == .serializationFailure)
            #expect(try await other.query("SELECT who FROM marks", as: String.self) == ["other"])
        }
    }

    @Test(arguments: ["serialization_failure", "deadlock_detected"], [false, true])
    func `A pool tries again what loses against another transaction, and not for ever`(loss: String, isAtCommit: Bool) async throws {
        try await withPool(limit: 1) { pool in
            // Sequences count what is rolled back, too.
            try await pool.withConnection { connection in
                try await connection.script(
                    """
                    CREATE SEQUENCE tries;
                    CREATE TABLE t (losses bigint);
                    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        IF nextval('tries') <= NEW.losses THEN RAISE \(loss); END IF;
                        RETURN NEW; END $$;
                    CREATE CONSTRAINT TRIGGER loses AFTER INSERT ON t
                        \(isAtCommit ? "DEFERRABLE INITIALLY DEFERRED" : "") FOR EACH ROW EXECUTE FUNCTION lose();
                    """)
            }
            let bearable = PostgresPool.conflictAttempts - 1
            try await pool.execute("INSERT INTO t VALUES (\(bearable))")
            try await pool.execute("ALTER SEQUENCE tries RESTART")
            for result in try await pool.pipeline(["SELECT 1", "INSERT INTO t VALUES (\(bearable))"]) { _ = try result.get() }
            try await pool.execute("ALTER SEQUENCE tries RESTART")
            try await pool.transaction { _ = try await $0.execute("INSERT INTO t VALUES (\(bearable))") }
            #expect(try await pool.query("SELECT count(*) FROM t", as: Int.self) == [3])
            try await pool.execute("ALTER SEQUENCE tries RESTART")
            let error = await postgresError { try await pool.execute("INSERT INTO t VALUES (\(bearable + 1))") }
            #expect(error?.isConflict == true)
            #expect(
                try await pool.query("SELECT count(*), (SELECT last_value FROM tries) FROM t", as: (Int.self, Int.self)).first ?? (0, 0)
                    == (3, bearable + 1))
        }
    }

    @Test func `A statement that is stopped while it commits is not done`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let observer = try await PostgresConnection.connect(conninfo)
            try await observer.script(
                """
                CREATE TABLE slow (n int);
                CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
                """)
            let task = Task {
                let connection = try await PostgresConnection.connect(conninfo)
                return await postgresError { try await connection.execute("INSERT INTO slow VALUES (1)") }
            }
            try await until(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')", on: observer)
            task.cancel()
            #expect(try await task.value?.isCancellation == true)
            #expect(try await observer.query("SELECT count(*) FROM slow", as: Int.self) == [0])
        }
    }

    @Test(arguments: ["COMMIT", "END", " /* at last */ commit AND CHAIN", "-- so\nPREPARE TRANSACTION 'x'"], [false, true])
    func `The COMMIT of a transaction that has failed is an error`(commit: String, isScript: Bool) async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int); BEGIN; INSERT INTO t VALUES (1)")
            _ = await postgresError { try await connection.query("SELECT 1/0") }
            let error = await postgresError {
                if isScript { try await connection.script(commit) } else { try await connection.query(PostgresQuery(verbatim: commit)) }
            }
            guard case .rolledBack = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await connection.script("; /* not an error */ ROLLBACK")
            #expect(try await connection.query("SELECT to_regclass('t') IS NULL", as: Bool.self) == [true])
        }
    }

    @Test func `So it is in a pipeline, and a ROLLBACK is none`() async throws {
        try await withConnection { connection in
            let results = try await connection.pipeline(
                ["BEGIN", "SELECT 1/0", "COMMIT", "BEGIN", "ROLLBACK"], inOneTransaction: false)
            let errors = results.map { result in if case .failure(let error) = result { error } else { nil as PostgresError? } }
            #expect(errors[1]?.sqlState?.rawValue == "22012")
            guard case .rolledBack = errors[2]?.kind else {
                Issue.record("\(String(describing: errors[2]))")
                return
            }
            #expect(errors[0] == nil && errors[3] == nil && errors[4] == nil)
        }
    }

    /// The connection is cut at each byte of a write, in both directions.
    @Test(arguments: Way.allCases.filter { $0 != .thread && $0 != .prepared })
    func `A write that is cut off is never reported as done when it is not`(way: Way) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder, from: way == .transaction ? "BEGIN" : "INSERT", to: "never")
                defer { proxy.close() }
                try await cutEverywhere(way, proxy, try await PostgresConnection.connect(conninfo))
            }
        }
    }

    private func cutEverywhere(_ way: Way, _ proxy: PostgresProxy, _ observer: PostgresConnection) async throws {
        try await observer.script("CREATE TABLE t (n bigint)")
        try await run("INSERT INTO t VALUES (1000)", way, in: proxy.conninfo)
        let whole = try #require(proxy.exchanges.first)
        let cuts =
            (0..<whole.toServer).map { PostgresProxy.Cut(.toServer, after: $0) }
            + (0..<whole.toClient).map { PostgresProxy.Cut(.toClient, after: $0) }
        for (number, cut) in cuts.enumerated() {
            proxy.plan([cut])
            let error = await postgresError { try await run("INSERT INTO t VALUES (\(1001 + number))", way, in: proxy.conninfo) }
            if let error {
                #expect(error.isConnectionLost || error.isCommitOutcomeUnknown, "\(cut): \(error)")
            } else {
                let stored = try await observer.query("SELECT count(*) FROM t WHERE n = \(1001 + number)", as: Int.self)
                #expect(stored == [1], "\(cut)")
            }
        }
        #expect(proxy.made >= whole.toClient)
    }
}
