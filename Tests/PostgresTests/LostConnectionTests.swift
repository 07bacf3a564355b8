import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct LostConnectionTests {
    /// Ends the backend as soon as it runs `pattern`.
    private func terminate(_ backend: Int32, whileRunning pattern: String, from conninfo: String) async throws {
        let killer = try await PostgresConnection.connect(conninfo)
        try await untilRunning(pattern, backend: backend, on: killer)
        try await killer.query("SELECT pg_terminate_backend(\(backend))")
    }

    @Test func `A backend that is terminated in mid-query is a lost connection that says why`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            let backend = connection.backendID
            async let killed: Void = terminate(backend, whileRunning: "%pg_sleep%", from: conninfo)
            let error = await postgresError { try await connection.query("SELECT pg_sleep(600)") }
            try await killed
            #expect(error?.isConnectionLost == true)
            #expect(error?.sqlState == .adminShutdown)
            #expect(error?.isInfrastructure == true)
            #expect(connection.isBroken)
            #expect(await postgresError { try await connection.query("SELECT 1") }?.isConnectionLost == true)
        }
    }

    @Test func `A pool replaces connections that broke, in use or idle`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 1)
            let killer = try await PostgresConnection.connect(conninfo)
            let backend = try await pool.withConnection { $0.backendID }

            async let killed: Void = terminate(backend, whileRunning: "%pg_sleep%", from: conninfo)
            #expect(await postgresError { try await pool.query("SELECT pg_sleep(600)") }?.isConnectionLost == true)
            try await killed
            let second = try await pool.withConnection { $0.backendID }
            #expect(second != backend)

            try await killer.query("SELECT pg_terminate_backend(\(second), 60000)")
            #expect(try await pool.query("SELECT pg_backend_pid()").one().decode(at: 0, as: Int32.self) != second)
            await pool.close()
        }
    }

    @Test func `A connection that breaks during COMMIT leaves an outcome to look up`() async throws {
        try await withConnection { connection in
            // A deferred trigger runs within COMMIT.
            try await connection.script(
                """
                CREATE TABLE reviews (id int);
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(600); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die();
                """)
            let error = await postgresError {
                try await connection.transaction { _ = try await $0.execute("INSERT INTO reviews VALUES (1)") }
            }
            #expect(error?.isCommitOutcomeUnknown == true)
            #expect(error?.isInfrastructure == true)
            #expect(error?.description.contains("look before doing it again") == true)
            #expect(connection.isBroken)
        }
    }

    @Test func `A connection that breaks before COMMIT has certainly changed nothing`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            try await connection.script("CREATE TABLE reviews (id int)")
            let backend = connection.backendID
            let error = await postgresError {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO reviews VALUES (1)")
                    let killer = try await PostgresConnection.connect(conninfo)
                    try await killer.query("SELECT pg_terminate_backend(\(backend), 60000)")
                    try await connection.execute("INSERT INTO reviews VALUES (2)")
                }
            }
            #expect(error?.isConnectionLost == true)
            let rows = try await PostgresConnection.connect(conninfo).query("SELECT count(*) FROM reviews", as: Int.self)
            #expect(rows == [0])
        }
    }

    @Test func `A server that does not answer in time is a lost connection, and during COMMIT an outcome to look up`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            var configuration = PostgresConfiguration(conninfo)
            configuration.answerLimit = .milliseconds(300)
            let silent = try await PostgresConnection.connect(configuration)
            let error = await postgresError { try await silent.query("SELECT pg_sleep(600)") }
            #expect(error?.isConnectionLost == true && error?.isInfrastructure == true)
            #expect(error?.description.contains("has not answered for 0.3 s") == true)
            #expect(silent.isBroken)

            let patient = try await PostgresConnection.connect(conninfo)
            try await patient.script(
                """
                CREATE TABLE reviews (id int);
                CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON reviews DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waits();
                """)
            configuration.answerLimit = .seconds(3)
            let connection = try await PostgresConnection.connect(configuration)
            let commit = await postgresError {
                try await connection.transaction { _ = try await $0.execute("INSERT INTO reviews VALUES (1)") }
            }
            #expect(commit?.isCommitOutcomeUnknown == true)
            try await patient.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()
                """)
        }
    }
}
