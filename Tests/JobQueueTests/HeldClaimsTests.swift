import Foundation
import Synchronization
import Testing

@testable import JobQueue

struct HeldClaimsTests {
    private func claim(_ job: Int64, of worker: UUID, row: Int64) -> JobClaim {
        var claim = JobClaim(
            id: job, kind: "noop", payload: Data("{}".utf8), attempt: 1, worker: worker, failures: 0, crashes: 0, maxAttempts: 5)
        claim.row = row
        return claim
    }

    @Test func `a job that comes twice, because the database lost its claim, is worked on once: the earlier work is stopped`() async {
        let worker = UUID()
        let held = HeldClaims(lease: .seconds(5))
        let (early, late) = (claim(1, of: worker, row: 1), claim(1, of: worker, row: 1))
        let (ended, ending) = AsyncStream.makeStream(of: Bool.self)
        let (never, keeper) = AsyncStream.makeStream(of: Void.self)
        held.start([early]) { _ in
            for await _ in never {}
            ending.yield(Task.isCancelled)
        }
        #expect(held.isHeld(early))
        held.start([late]) { _ in }
        var endings = ended.makeAsyncIterator()
        #expect(await endings.next() == true, "it was cancelled")
        keeper.finish()

        #expect(!held.isHeld(early))
        #expect(held.isHeld(late))
        held.remove([early], isSettled: false)
        #expect(held.ids == [1], "the later claim stays")
        held.remove([late], isSettled: true)
        #expect(held.ids.isEmpty)
    }
}
