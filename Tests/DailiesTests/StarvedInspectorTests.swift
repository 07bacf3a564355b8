import Foundation
import Inspectors
import JobQueue
import Testing

@testable import Worker

/// An inspector that ran for longer than it may.
@Suite struct StarvedInspectorTests {
    /// - Parameter refunds: earlier attempts that were not counted.
    private static func resolution(cpuMs: Int?, wallMs: Int?, refunds: Int = 0) -> JobResolution {
        let claim = JobClaim(
            id: 1, kind: "inspect_response", payload: Data("{}".utf8), attempt: refunds + 1, worker: UUID(), failures: 0, crashes: 0,
            maxAttempts: 5)
        return InspectorDeath(cause: .wallTime, limit: "5 s", cpuMs: cpuMs, wallMs: wallMs)
            .resolution(of: claim, RetryPolicy()) { .discarded(reason: $0, { _ in }) }
    }

    private static func isCounted(_ resolution: JobResolution) -> Bool {
        if case .crashed = resolution { true } else { false }
    }

    @Test func `is blamed on its recording only if it used the time that it had`() {
        #expect(!Self.isCounted(Self.resolution(cpuMs: 20, wallMs: 5006)))
        #expect(!Self.isCounted(Self.resolution(cpuMs: 1200, wallMs: 5006)))
        #expect(Self.isCounted(Self.resolution(cpuMs: 4900, wallMs: 5006)))
        // Not measured: nothing speaks for the recording, or against it.
        #expect(Self.isCounted(Self.resolution(cpuMs: nil, wallMs: nil)))
    }

    @Test func `cannot go on for ever by waiting on purpose`() {
        #expect(!Self.isCounted(Self.resolution(cpuMs: 20, wallMs: 5006, refunds: 9)))
        #expect(Self.isCounted(Self.resolution(cpuMs: 20, wallMs: 5006, refunds: 10)))
    }

    @Test func `is told as what it is`() {
        guard case .snoozed(let reason, _) = Self.resolution(cpuMs: 20, wallMs: 5006) else { Issue.record("not put off"); return }
        #expect(reason.contains("which is the machine's doing"))
    }
}
