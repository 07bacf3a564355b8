import Foundation
import Postgres
import Synchronization
import TestSupport

/// A queue with few jobs and many who want them: answers of a few interviews, three workers, and connections that run two transactions at the
/// same time while a third keeps some of the rows locked.
struct CrowdedQueue {
    struct State {
        struct Running {
            var id: Int64
            var attempt: Int
            var worker: UUID
        }

        var workers: [UUID] = []
        var running: [Running] = []
        var live: [Int64] = []
        var ended: [Int64] = []
    }

    /// What became of a transaction.
    enum Ending: Equatable {
        case committed
        case refused(SQLState)

        var isDeadlock: Bool { self == .refused(.deadlockDetected) }

        /// What a stale claim, a dead worker, an answer that was erased and one that has its record already come to.
        var isExpected: Bool {
            self == .committed || ["DJ001", "DJ002", "DA004", "23503", "23505"].contains { self == .refused(SQLState(rawValue: $0)) }
        }
    }

    let driver: PostgresConnection
    private let holders: [PostgresConnection]
    /// Of one connection each.
    private let callers: [PostgresPool]

    init(on conninfo: String) async throws {
        driver = try await PostgresConnection.connect(conninfo)
        // So that a deadlock is seen at once. Only for connections made after this.
        try await driver.script(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''5ms''', current_database()); END $$")
        try await driver.script(Self.setup)
        holders = [try await .connect(conninfo), try await .connect(conninfo)]
        let calling = PostgresConfiguration("\(conninfo) application_name=\(Self.caller)")
        callers = [PostgresPool(calling, limit: 1), PostgresPool(calling, limit: 1)]
    }

    private static let caller = "caller"

    func close() async {
        for pool in callers { await pool.close() }
    }

    /// Brings what is needed back: candidates, answers, workers, running jobs. Some workers are dead, some claims old.
    func replenish() async throws -> State {
        try await driver.script("SELECT tests.replenish()")
        var state = State()
        state.workers = try await driver.query("SELECT id FROM dailies.workers", as: UUID.self)
        state.running = try await driver.query(
            "SELECT id, attempt, worker_id FROM dailies.jobs WHERE state = 'running'", as: (Int64.self, Int.self, UUID.self)
        ).map { State.Running(id: $0, attempt: $1, worker: $2) }
        state.live = try await driver.query("SELECT id FROM dailies.jobs", as: Int64.self)
        state.ended = try await driver.query(
            "SELECT id FROM dailies.job_history WHERE outcome <> 'completed' ORDER BY ended_at DESC LIMIT 20", as: Int64.self)
        return state
    }

    /// Runs two transactions at the same time. Before they begin, other sessions lock some rows; they let go one after the other, each when
    /// both transactions have ended or wait. So each of the two stands still somewhere in its middle.
    func run(_ first: String, _ second: String, locking rows: [String]) async throws -> (endings: [Ending], waited: Bool) {
        for (holder, row) in zip(holders, rows) { try await holder.script("BEGIN; \(row)") }
        let ended = Ended()
        let (caller, other) = (callers[0], callers[1])
        async let one = Self.call(first, caller, ended)
        async let two = Self.call(second, other, ended)
        var waited = false
        for (holder, _) in zip(holders, rows) {
            waited = try await standStill(ended) || waited
            try await holder.script("COMMIT")
        }
        return (await [one, two], waited)
    }

    private static func call(_ sql: String, _ pool: PostgresPool, _ ended: Ended) async -> Ending {
        defer { ended.add() }
        do {
            try await pool.withConnection { connection in try await connection.script(sql) }
            return .committed
        } catch {
            return .refused((error as? PostgresError)?.sqlState ?? SQLState(rawValue: "?????"))
        }
    }

    /// How many of the two transactions have ended.
    private final class Ended: Sendable {
        private let state = Mutex(0)

        var count: Int { state.withLock { $0 } }

        func add() { state.withLock { $0 += 1 } }
    }

    /// Returns when each transaction has ended or waits for a lock.
    /// - Returns: whether one waits.
    private func standStill(_ ended: Ended) async throws -> Bool {
        while ended.count < callers.count {
            let waiting: Int = try await driver.query(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE application_name = \(Self.caller) AND datname = current_database() AND wait_event_type = 'Lock'
                """
            ).one().decode(at: 0)
            if ended.count + waiting >= callers.count { return waiting > 0 }
            await Task.yield()
        }
        return false
    }

    private static let setup = """
        CREATE SCHEMA tests;
        INSERT INTO dailies.roles (slug, title) VALUES ('r', 'R');
        INSERT INTO dailies.questions (role_id, key, position) SELECT r.id, 'q' || n, n FROM dailies.roles r, generate_series(1, 3) n;
        INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
        SELECT id, 1, 'p', '{k}', '1', '3', '5' FROM dailies.questions;
        -- The priorities that Dailies knows.
        INSERT INTO dailies.lanes VALUES (10), (12) ON CONFLICT DO NOTHING;

        CREATE FUNCTION tests.write_result(job bigint, how text) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE ended dailies.job_history;
        BEGIN
            SELECT * INTO ended FROM dailies.job_history h WHERE h.id = job ORDER BY ended_at DESC LIMIT 1;
            IF ended.kind = 'render_response' THEN
                PERFORM dailies.record_rendition((ended.payload ->> 'response_id')::bigint, jsonb_build_object(
                    'file', 'x', 'media_type', 'video/webm', 'bytes', 1, 'sha256', repeat('0', 64)));
            ELSIF ended.kind = 'inspect_response' THEN
                PERFORM dailies.record_review((ended.payload ->> 'response_id')::bigint, json_build_object(
                    'schema', 'dailies.report/1', 'outcome', how, 'duration_ms', 1000, 'flags', '[]'::json,
                    'reason', CASE how WHEN 'unusable' THEN json_build_object('code', 'inspector_died', 'message', 'x') END));
            END IF;
        END $$;

        CREATE FUNCTION tests.replenish() RETURNS void LANGUAGE plpgsql AS $$
        DECLARE a_worker uuid;
        BEGIN
            INSERT INTO dailies.candidates (name, email)
            SELECT 'c', gen_random_uuid() || '@x' FROM generate_series((SELECT count(*) FROM dailies.candidates), 4);
            INSERT INTO dailies.interviews (role_id, candidate_id) SELECT r.id, c.id FROM dailies.roles r, dailies.candidates c
            ON CONFLICT DO NOTHING;
            IF (SELECT count(*) FROM dailies.jobs WHERE state <> 'running') < 12 THEN
                INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                SELECT i.id, q.id, gen_random_uuid() FROM dailies.interviews i, dailies.questions q ORDER BY i.id;
            END IF;
            IF (SELECT count(*) FROM dailies.jobs) > 60 THEN
                DELETE FROM dailies.jobs WHERE id IN (SELECT id FROM dailies.jobs ORDER BY id LIMIT 30);
            END IF;
            UPDATE dailies.workers SET beaten_at = now();
            INSERT INTO dailies.workers (name, version, slots, lease)
            SELECT 'w', '1', 9, '1 hour' FROM generate_series((SELECT count(*) FROM dailies.workers), 2);
            FOR a_worker IN SELECT id FROM dailies.workers ORDER BY random() LIMIT 2 LOOP
                IF (SELECT count(*) FROM dailies.jobs WHERE worker_id = a_worker) < 4 THEN
                    PERFORM dailies.claim_jobs(a_worker, '{inspect_response,render_response,noop}', 4);
                END IF;
            END LOOP;
            UPDATE dailies.workers SET beaten_at = now() - interval '2 hours' WHERE random() < 0.15;
            UPDATE dailies.jobs SET claimed_at = now() - interval '2 hours' WHERE state = 'running' AND random() < 0.2;
            UPDATE dailies.claims SET claimed_at = now() - interval '2 hours' WHERE random() < 0.2;
            -- A stop request for a job that was put back.
            INSERT INTO dailies.job_stops (job_id, how, why) SELECT id, 'cancelled', 'x' FROM dailies.jobs WHERE random() < 0.05
            ON CONFLICT DO NOTHING;
        END $$;
        """

    /// Locks rows of one table, in its order.
    static func lock(using random: inout some RandomNumberGenerator) -> String {
        let (table, key) =
            [
                ("jobs", "id"), ("jobs", "id"), ("job_stops", "job_id"), ("interviews", "id"), ("fair_turns", "fair_key, lane"),
                ("current_answers", "interview_id, question_id"), ("workers", "id"), ("claims", "id"), ("responses", "id"),
            ].randomElement(using: &random) ?? ("jobs", "id")
        // Every one of so many, by chance of the seed and not of the server.
        let every = Int.random(in: 1...4, using: &random)
        return """
            SELECT FROM dailies.\(table) WHERE (\(key)) IN (
                SELECT \(key) FROM (SELECT \(key), row_number() OVER (ORDER BY \(key)) AS n FROM dailies.\(table)) AS t WHERE n % \(every) = 0)
            ORDER BY \(key) FOR UPDATE SKIP LOCKED
            """
    }
}
