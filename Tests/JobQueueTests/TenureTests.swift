import Testing

@testable import JobQueue

/// Transcripts of a worker's decisions: no clock, no database.
struct TenureTests {
    private let start = ContinuousClock.now

    @Test func `it asks for as many jobs as it has free slots`() {
        var tenure = Tenure(slots: 4)
        #expect(tenure.nextAction(now: start) == .claim(limit: 4))
        #expect(tenure.nextAction(now: start) == nil, "one claim at a time")
        _ = tenure.handle(.claimed(count: 3, limit: 4), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == nil, "a short batch means that nothing waits")
        _ = tenure.handle(.woken, now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .claim(limit: 1))
    }

    @Test func `a full batch is followed by another as soon as a slot is free`() {
        var tenure = Tenure(slots: 1)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimed(count: 1, limit: 1), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == nil)
        _ = tenure.handle(.jobEnded(.reachedItsEnd), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .claim(limit: 1))
    }

    @Test func `draining claims nothing and finishes with its last job`() {
        var tenure = Tenure(slots: 2)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimed(count: 2, limit: 2), now: start, jitter: 0)
        #expect(tenure.handle(.drain, now: start, jitter: 0) == nil, "running jobs get their grace time")
        _ = tenure.handle(.jobEnded(.reachedItsEnd), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == nil)
        #expect(tenure.handle(.graceOver, now: start, jitter: 0) == .cancelJobs)
        _ = tenure.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .finish)
    }

    @Test func `a claim under way when draining begins is waited for`() {
        var tenure = Tenure(slots: 1)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.drain, now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == nil)
        _ = tenure.handle(.claimed(count: 0, limit: 1), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .finish)
    }

    @Test func `a lost lease cancels every job and claims no more`() {
        var tenure = Tenure(slots: 2)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimed(count: 1, limit: 2), now: start, jitter: 0)
        #expect(tenure.handle(.leaseLost, now: start, jitter: 0) == .cancelJobs)
        _ = tenure.handle(.woken, now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == nil)
        _ = tenure.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .finish)
        #expect(tenure.isLost)
    }

    @Test func `a claim that is refused for the lost lease ends the tenure too`() {
        var tenure = Tenure(slots: 2)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimed(count: 1, limit: 2), now: start, jitter: 0)
        _ = tenure.handle(.woken, now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .claim(limit: 1))
        #expect(tenure.handle(.claimRefused, now: start, jitter: 0) == .cancelJobs)
        #expect(tenure.nextAction(now: start) == nil, "its job has to end first")
        _ = tenure.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(tenure.nextAction(now: start) == .finish)
    }

    @Test func `while the database is away claims come at growing distances`() {
        var tenure = Tenure(slots: 2)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimFailed, now: start, jitter: 1)
        _ = tenure.handle(.woken, now: start, jitter: 1)
        #expect(tenure.nextAction(now: start + .milliseconds(900)) == nil)
        #expect(tenure.nextAction(now: start + .seconds(1)) == .claim(limit: 1), "one probe")
        _ = tenure.handle(.claimFailed, now: start + .seconds(1), jitter: 1)
        _ = tenure.handle(.woken, now: start + .seconds(2), jitter: 1)
        #expect(tenure.nextAction(now: start + .seconds(2)) == nil, "twice as long now")
        #expect(tenure.nextAction(now: start + .seconds(3)) == .claim(limit: 1))
    }

    @Test func `storage that is away stops claiming until one job got through`() {
        var tenure = Tenure(slots: 3)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimed(count: 2, limit: 3), now: start, jitter: 1)
        _ = tenure.handle(.jobEnded(.infrastructureAway), now: start, jitter: 1)
        _ = tenure.handle(.jobEnded(.infrastructureAway), now: start, jitter: 1)
        #expect(tenure.nextAction(now: start) == nil)
        #expect(tenure.nextAction(now: start + .seconds(1)) == .claim(limit: 1))
        _ = tenure.handle(.claimed(count: 1, limit: 1), now: start + .seconds(1), jitter: 1)
        #expect(tenure.nextAction(now: start + .seconds(1)) == nil, "the probe is on its way")
        _ = tenure.handle(.jobEnded(.reachedItsEnd), now: start + .seconds(2), jitter: 1)
        #expect(tenure.nextAction(now: start + .seconds(2)) == .claim(limit: 3))
    }

    @Test func `a probe that is abandoned is followed by another`() {
        var tenure = Tenure(slots: 3)
        _ = tenure.nextAction(now: start)
        _ = tenure.handle(.claimFailed, now: start, jitter: 1)
        _ = tenure.handle(.woken, now: start, jitter: 1)
        _ = tenure.nextAction(now: start + .seconds(1))
        _ = tenure.handle(.claimed(count: 1, limit: 1), now: start + .seconds(1), jitter: 1)
        _ = tenure.handle(.jobEnded(.abandoned), now: start + .seconds(2), jitter: 1)
        #expect(tenure.nextAction(now: start + .seconds(2)) == .claim(limit: 1))
    }
}
