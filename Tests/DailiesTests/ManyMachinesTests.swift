import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Workers on machines of their own, with one database behind a real PgBouncer in transaction mode on another.
///
/// They need root and a kernel with network namespaces, bridges and virtual cables; elsewhere they are skipped and say so.
@Suite(.tags(.database, .namespace, .program, .server), .timeLimit(.minutes(10)))
struct ManyMachinesTests {
    @Test(.enabled("needs root, and network namespaces of the kernel") { await MachineNetwork.refusal() == nil })
    func `the jobs of a machine that is cut off move on, and its late answer changes nothing`() async throws {
        try await Product.with { product in
            try await MachineNetwork.with("pooler", "first", "second", "third") { network in
                let pooler = network.machines[0]
                let database = product.pool.configuration.connection.connectionString
                try await PgBouncer.with(inFrontOf: database, folder: product.data, on: pooler) { bouncer in
                    let elsewhere = product.reached(by: bouncer.conninfo(by: pooler.address))
                    try await product.countLateAnswers()
                    try await elsewhere.withWorkers(on: Array(network.machines.dropFirst())) { workers in
                        // Where a crowded machine takes so long over them that the lease is over before, the inspectors are stopped,
                        // and there is no answer that could be late: then once more.
                        for _ in 0..<10 where try await product.lateAnswers() == 0 {
                            try await product.finish(without: workers[0], cutting: network.machines[1], of: network, others: workers[1...])
                        }
                        #expect(try await product.lateAnswers() > 0)
                        try await product.takeTheNext(workers[0], others: workers[1...])
                    }
                    try await product.expectWhole(responses: product.value("SELECT count(*) FROM dailies.responses"))
                    // A network that fails is no recording's fault.
                    #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
                }
            }
        }
    }
}

extension Product {
    /// Several at once, so that each worker has as many connections open, and one is left for its results when others hang.
    private static let slots = 4

    fileprivate func withWorkers(
        on machines: [MachineNetwork.Machine], _ body: @escaping ([WorkerProcess]) async throws -> Void
    ) async throws {
        guard let machine = machines.first else { return try await body([]) }
        try await withWorker(slots: Self.slots, on: machine) { worker in
            try await withWorkers(on: Array(machines.dropFirst())) { others in try await body([worker] + others) }
        }
    }

    /// Answers that the fence refused are undone, and would leave no trace; a sequence forgets nothing.
    fileprivate func countLateAnswers() async throws {
        try await pool.withConnection { connection in
            try await connection.script(
                """
                CREATE SEQUENCE late_answers MINVALUE 0 START 0;
                SELECT nextval('late_answers');
                GRANT USAGE ON SEQUENCE late_answers TO PUBLIC;
                CREATE OR REPLACE FUNCTION dailies.raise_stale_claim(job bigint, attempt integer) RETURNS void LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM nextval('late_answers');
                    RAISE EXCEPTION 'attempt % of job % is no longer held', attempt, job USING ERRCODE = 'DJ001';
                END $$;
                """)
        }
    }

    fileprivate func lateAnswers() async throws -> Int { try await value("SELECT last_value FROM late_answers") }

    /// Brings answers in until each worker has looked into one. Those that have are held meanwhile: the quickest would take all.
    private func warmUp(_ workers: [WorkerProcess]) async throws {
        func warm() -> [WorkerProcess] { workers.filter { !$0.forkServers.isEmpty } }
        while warm().count < workers.count {
            let held = warm()
            for worker in held { try worker.holdInspections() }
            try await bringIn(Array(repeating: shortMemo(), count: Self.slots * (held.count + 1)), from: nextCandidate)
            try await TestSupport.until { warm().count > held.count || !held.allSatisfy(\.isHeld) }
            for worker in held { worker.resumeInspections() }
            try await until("SELECT count(*) = 0 FROM dailies.jobs")
        }
    }

    /// A fifth of a second, which is looked into in no time.
    private func shortMemo() throws -> FilePath {
        let file = data.appending("memo.amr")
        try Data(VoiceMemo.bytes(frames: 10)).write(to: URL(filePath: file.string))
        return file
    }

    private var nextCandidate: Int { get async throws { try await value("SELECT count(*) + 1 FROM dailies.candidates") } }

    /// Cuts a worker's machine off while it has jobs, lets the others finish, and brings it back. Does not come to that where a worker
    /// loses its lease before: on a crowded machine a beat may take longer.
    fileprivate func finish(
        without worker: WorkerProcess, cutting machine: MachineNetwork.Machine, of network: MachineNetwork,
        others: ArraySlice<WorkerProcess>
    ) async throws {
        let everybody = [worker] + others
        try await until("SELECT count(*) = \(everybody.count) FROM dailies.workers")
        try await warmUp(everybody)
        for worker in everybody { try worker.holdInspections() }
        try await bringIn(Array(repeating: shortMemo(), count: Self.slots * everybody.count), from: nextCandidate)
        try await TestSupport.until {
            if !everybody.allSatisfy(\.isHeld) { return true }
            return try await value("SELECT count(*) = \(Self.slots * everybody.count) FROM dailies.jobs WHERE state = 'running'")
        }
        guard everybody.allSatisfy(\.isHeld) else {
            for worker in everybody { worker.resumeInspections() }
            return try await until("SELECT count(*) = 0 FROM dailies.jobs")
        }
        let jobs: [Int64] = try await pool.query(
            """
            SELECT j.id FROM dailies.jobs j JOIN dailies.workers w ON w.id = j.worker_id
            WHERE w.name LIKE '%:' || \("\(worker.process)")
            """
        ).decode(Int64.self)
        #expect(jobs.count == Self.slots)

        try await network.cutOff(machine)
        // It comes to its results, as long as its lease lasts, and has nobody to tell.
        let losses = worker.losses
        let lostBeats = worker.count("a beat failed")
        worker.resumeInspections()
        try await TestSupport.until { worker.count("a beat failed") > lostBeats }
        // The others come to theirs, and to its.
        for other in others { other.resumeInspections() }
        try await until("SELECT count(*) = 0 FROM dailies.jobs")
        let effects = try await effects()
        for job in jobs {
            let story = try await story(of: job)
            #expect(story.timeline.map(\.outcome) == ["rescued", "completed"])
            #expect(story.timeline.first?.worker?.hasSuffix(":\(worker.process)") == true)
            #expect(story.timeline.last?.worker?.hasSuffix(":\(worker.process)") == false)
        }

        try await network.reconnect(machine)
        try await TestSupport.until { worker.losses > losses }
        // It is there again, as a new one, and has said what it had to say.
        try await until("SELECT count(*) = \(everybody.count) FROM dailies.workers")
        #expect(try await self.effects() == effects)
    }

    /// While the others stand still, a worker does what comes in.
    fileprivate func takeTheNext(_ worker: WorkerProcess, others: ArraySlice<WorkerProcess>) async throws {
        for other in others { try await other.pause() }
        try await bringIn([shortMemo()], from: nextCandidate)
        try await until("SELECT count(*) = 0 FROM dailies.jobs")
        let last: String = try await value("SELECT worker FROM dailies.job_history ORDER BY id DESC LIMIT 1")
        #expect(last.hasSuffix(":\(worker.process)"))
        for other in others { other.send(SIGCONT) }
    }

    /// Everything that completing jobs writes, as it is now.
    private func effects() async throws -> String {
        try await value(
            """
            SELECT concat_ws(E'\\n',
                (SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM dailies.review_records r),
                (SELECT string_agg(f::text, E'\\n' ORDER BY f::text) FROM dailies.flags f),
                (SELECT string_agg(a::text, E'\\n' ORDER BY a::text) FROM dailies.artifacts a),
                (SELECT string_agg(o::text, E'\\n' ORDER BY o::text) FROM dailies.outbox o),
                (SELECT string_agg(h::text, E'\\n' ORDER BY h::text) FROM dailies.job_history h))
            """)
    }
}
