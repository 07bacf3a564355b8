import Foundation
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

extension QueuePeer {
    /// A worker as `dailies work` runs it, with a handler that does nothing but note when it was called.
    func work(on database: PostgresConfiguration) async throws {
        let notes = Notes()
        let isListening = options.command == "listen"
        var logger = Logger(label: "peer")
        logger.logLevel = .error
        let worker = JobWorker(
            pool: pool, database: database, handlers: [NoOp(notes: notes, readsNumbers: isListening)],
            configuration: .init(name: "peer:\(getpid())", version: "bench", slots: WorkerSlots(options.slots)), onLeaseLost: {},
            logger: logger)
        try await pool.execute("SELECT 1")
        Self.say("READY")
        await Self.line()
        let clock = Clock()
        let group = ServiceGroup(services: [worker], logger: logger)
        let deadline = ContinuousClock.now + options.deadline
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            if isListening {
                await Self.line()
            } else {
                // Until nothing is left. Asked seldom, because asking costs too.
                while ContinuousClock.now < deadline, try await isSomethingLeft() { try await Task.sleep(for: .milliseconds(5)) }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let (count, first, last, starts) = notes.all
        if isListening {
            clock.report(["starts": starts])
        } else {
            clock.report(["executed": Int64(count), "t_first": first, "t_last": last, "t_done": Clock.now])
        }
    }

    private func isSomethingLeft() async throws -> Bool {
        // The newest, by its key: the oldest are where the dead rows are, and EXISTS would walk over those.
        try await !pool.query("SELECT id FROM dailies.jobs ORDER BY id DESC LIMIT 1").isEmpty
    }

    /// What the handler saw.
    private final class Notes: Sendable {
        private struct Seen {
            var count = 0
            var first: Int64 = 0
            var last: Int64 = 0
            var starts: [[Int64]] = []
        }

        private let seen = Mutex(Seen())

        func note(number: Int64?) {
            let now = Clock.now
            seen.withLock { seen in
                if seen.count == 0 { seen.first = now }
                seen.count += 1
                seen.last = now
                if let number { seen.starts.append([number, now]) }
            }
        }

        var all: (Int, Int64, Int64, [[Int64]]) { seen.withLock { ($0.count, $0.first, $0.last, $0.starts) } }
    }

    private struct NoOp: JobHandler {
        let kind = QueuePeer.kind
        let notes: Notes
        let readsNumbers: Bool

        func run(_ claim: JobClaim) async throws -> JobResolution {
            // {"seq": 17}
            let number = readsNumbers ? Int64(String(decoding: claim.payload, as: UTF8.self).filter(\.isNumber)) : nil
            notes.note(number: number)
            return .completed { _ in }
        }
    }
}
