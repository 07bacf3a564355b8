import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Jobs that can be long and nobody waits for: they never fill a worker.
struct ClaimRoundTests {
    /// What is claimed when the line always has enough for everybody.
    private func claims(limit: Int, slots: Int, patient: Int, bringing: (ClaimRound.Claim) -> Int = \.limit) -> [ClaimRound.Claim] {
        var round = ClaimRound(limit: limit, slots: slots, patient: patient)
        var found: [ClaimRound.Claim] = []
        while let claim = round.next() {
            found.append(claim)
            round.brought(bringing(claim))
        }
        return found
    }

    @Test func `a worker with slots to spare takes what comes, in turn`() {
        #expect(claims(limit: 1, slots: 4, patient: 0) == [.init(kinds: .all, limit: 1)])
        #expect(claims(limit: 2, slots: 4, patient: 1) == [.init(kinds: .all, limit: 2)])
    }

    @Test func `the last slot is not for patient jobs`() {
        #expect(claims(limit: 4, slots: 4, patient: 0) == [.init(kinds: .all, limit: 3), .init(kinds: .prompt, limit: 1)])
        #expect(claims(limit: 1, slots: 4, patient: 3) == [.init(kinds: .prompt, limit: 1)])
        #expect(claims(limit: 2, slots: 3, patient: 1) == [.init(kinds: .all, limit: 1), .init(kinds: .prompt, limit: 1)])
    }

    @Test func `a worker that has fewer slots than before takes no more patient jobs`() {
        #expect(claims(limit: 1, slots: 2, patient: 3) == [.init(kinds: .prompt, limit: 1)])
    }

    @Test func `a single slot is for a patient job only when nothing else waits`() {
        #expect(claims(limit: 1, slots: 1, patient: 0) == [.init(kinds: .prompt, limit: 1)])
        #expect(
            claims(limit: 1, slots: 1, patient: 0) { $0.kinds == .prompt ? 0 : 1 }
                == [.init(kinds: .prompt, limit: 1), .init(kinds: .patient, limit: 1)])
    }

    @Test func `nothing more is asked for when nothing waits`() {
        #expect(claims(limit: 4, slots: 4, patient: 0) { $0.limit - 1 } == [.init(kinds: .all, limit: 3)])
    }
}

extension JobWorkerTests {
    @Test func `one slot stays free for prompt jobs, however many patient jobs wait`() async throws {
        try await withBench { bench in
            try await bench.insert(6, kind: "patient")
            let gate = Gate()
            let worker = bench.worker(
                slots: 3,
                patient: { _ in
                    await gate.wait()
                    return .completed { _ in }
                }
            ) { _ in .completed { _ in } }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 2 FROM dailies.jobs WHERE state = 'running'")
                for count in 1...5 {
                    try await bench.insert(1)
                    try await bench.until("SELECT count(*) = \(count) FROM dailies.job_history WHERE kind = 'noop'")
                    #expect(try await bench.value("SELECT count(*) FROM dailies.jobs WHERE state = 'running'") == 2)
                }
                gate.open()
                try await bench.until("SELECT count(*) = 0 FROM dailies.jobs")
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed'") == 11)
        }
    }

    @Test func `a worker with one slot leaves patient jobs for last, however old they are`() async throws {
        try await withBench { bench in
            try await bench.insert(3, kind: "patient")
            try await bench.execute("UPDATE dailies.jobs SET due_at = now() - interval '1 hour', created_at = now() - interval '1 hour'")
            try await bench.insert(20)
            let order = Mutex<[String]>([])
            let note: @Sendable (JobClaim) async throws -> JobResolution = { claim in
                order.withLock { $0.append(claim.kind) }
                return .completed { _ in }
            }
            try await bench.run([bench.worker(patient: note, note)]) { try await bench.until("SELECT count(*) = 0 FROM dailies.jobs") }
            #expect(order.withLock { $0 } == Array(repeating: "noop", count: 20) + Array(repeating: "patient", count: 3))
        }
    }
}

/// Lets nobody through until it is opened.
private final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
