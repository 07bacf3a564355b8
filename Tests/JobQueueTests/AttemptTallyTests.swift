import Testing

@testable import JobQueue

/// Transcripts of how attempts ended: no clock, no database.
struct AttemptTallyTests {
    private let start = ContinuousClock.now

    private func failure(_ job: Int64?, _ key: String = "42501", installation: Bool = true) -> AttemptTally.Failure {
        AttemptTally.Failure(job: job, key: key, reason: "permission denied (SQLSTATE \(key)).", isInstallations: installation)
    }

    @Test func `three attempts with the same error of the installation are enough, also of one job`() {
        var tally = AttemptTally()
        tally.failed(failure(1), now: start)
        tally.failed(failure(1), now: start + .seconds(1))
        #expect(tally.sentence(now: start + .seconds(1)) == nil)
        tally.failed(failure(1), now: start + .seconds(3))
        #expect(tally.isCommon("42501", now: start + .seconds(3)))
        #expect(!tally.isCommon("42P01", now: start + .seconds(3)))
        let sentence = tally.sentence(now: start + .seconds(3))
        #expect(sentence?.contains("(3 of the last 3): permission denied (SQLSTATE 42501).") == true, "\(sentence ?? "")")
    }

    @Test func `an error that may be a job's own must meet three jobs`() {
        var tally = AttemptTally()
        for second in 0..<10 { tally.failed(failure(7, "Broken", installation: false), now: start + .seconds(second)) }
        #expect(!tally.isCommon("Broken", now: start + .seconds(10)), "one job is at fault, and comes to its end")
        tally.failed(failure(8, "Broken", installation: false), now: start + .seconds(11))
        tally.failed(failure(9, "Broken", installation: false), now: start + .seconds(12))
        #expect(tally.isCommon("Broken", now: start + .seconds(12)))
    }

    @Test func `half of the attempts are not most of them, and a minute later they do not count`() {
        var tally = AttemptTally()
        tally.completed(3, now: start)
        for job in 1...3 { tally.failed(failure(Int64(job)), now: start + .seconds(1)) }
        #expect(!tally.isCommon("42501", now: start + .seconds(1)))
        tally.failed(failure(4), now: start + .seconds(1))
        #expect(tally.isCommon("42501", now: start + .seconds(1)))

        var later = AttemptTally()
        later.failed(failure(1), now: start)
        later.failed(failure(2), now: start)
        later.failed(failure(3), now: start + .seconds(70))
        #expect(!later.isCommon("42501", now: start + .seconds(70)))
    }

    @Test func `while one job at a time is tried, the error stays known; the first that completes ends it`() {
        var tally = AttemptTally()
        for job in 1...3 { tally.failed(failure(Int64(job)), now: start) }
        for probe in 1...5 { tally.failed(failure(Int64(probe)), now: start + .seconds(100 * probe)) }
        #expect(tally.isCommon("42501", now: start + .seconds(501)))
        tally.completed(now: start + .seconds(502))
        #expect(tally.sentence(now: start + .seconds(502)) == nil)
        tally.failed(failure(1), now: start + .seconds(503))
        #expect(!tally.isCommon("42501", now: start + .seconds(503)), "counting begins anew")
    }

    @Test func `without any attempt nothing is known after some minutes`() {
        var tally = AttemptTally()
        for job in 1...3 { tally.failed(failure(Int64(job)), now: start) }
        #expect(tally.sentence(now: start + .seconds(179)) != nil)
        #expect(tally.sentence(now: start + .seconds(180)) == nil)
    }

    @Test func `a claim that succeeds ends what kept claims from succeeding, and nothing else`() {
        var tally = AttemptTally()
        for _ in 1...3 { tally.failed(failure(nil), now: start) }
        #expect(tally.sentence(now: start) != nil)
        tally.claimed()
        #expect(tally.sentence(now: start) == nil)
        for job in 1...3 { tally.failed(failure(Int64(job)), now: start) }
        tally.claimed()
        #expect(tally.sentence(now: start) != nil)
    }
}
