import Testing

@testable import JobQueue

/// Transcripts of a worker's decisions: no clock, no database.
struct WorkerSessionTests {
    private let start = ContinuousClock.now

    @Test func `it asks for as many jobs as it has free slots`() {
        var session = WorkerSession(slots: 4)
        #expect(session.nextAction(now: start) == .claim(limit: 4))
        #expect(session.nextAction(now: start) == nil, "one claim at a time")
        _ = session.handle(.claimed(count: 3, limit: 4), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil, "a short batch means that nothing waits")
        _ = session.handle(.woken, now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .claim(limit: 1))
    }

    @Test func `a full batch is followed by another as soon as a slot is free`() {
        var session = WorkerSession(slots: 1)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 1, limit: 1), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil)
        _ = session.handle(.jobEnded(.resolved), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .claim(limit: 1))
    }

    @Test func `draining claims nothing and finishes with its last job`() {
        var session = WorkerSession(slots: 2)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 2, limit: 2), now: start, jitter: 0)
        #expect(session.handle(.drain, now: start, jitter: 0) == nil, "running jobs get their grace time")
        _ = session.handle(.jobEnded(.resolved), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil)
        #expect(session.handle(.graceOver, now: start, jitter: 0) == .cancelJobs)
        _ = session.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .finish)
    }

    @Test func `a claim under way when draining begins is waited for`() {
        var session = WorkerSession(slots: 1)
        _ = session.nextAction(now: start)
        _ = session.handle(.drain, now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil)
        _ = session.handle(.claimed(count: 0, limit: 1), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .finish)
    }

    @Test func `a lost lease cancels every job and claims no more`() {
        var session = WorkerSession(slots: 2)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 1, limit: 2), now: start, jitter: 0)
        #expect(session.handle(.leaseLost, now: start, jitter: 0) == .cancelJobs)
        _ = session.handle(.woken, now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil)
        _ = session.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .finish)
        #expect(session.isLost)
    }

    @Test func `a claim that is refused for the lost lease ends the session too`() {
        var session = WorkerSession(slots: 2)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 1, limit: 2), now: start, jitter: 0)
        _ = session.handle(.woken, now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .claim(limit: 1))
        #expect(session.handle(.claimRefused, now: start, jitter: 0) == .cancelJobs)
        #expect(session.nextAction(now: start) == nil, "its job has to end first")
        _ = session.handle(.jobEnded(.abandoned), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .finish)
    }

    @Test func `while the database is away claims come at growing distances`() {
        var session = WorkerSession(slots: 2)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimFailed, now: start, jitter: 1)
        _ = session.handle(.woken, now: start, jitter: 1)
        #expect(session.nextAction(now: start + .milliseconds(900)) == nil)
        #expect(session.nextAction(now: start + .seconds(1)) == .claim(limit: 1), "one probe")
        _ = session.handle(.claimFailed, now: start + .seconds(1), jitter: 1)
        _ = session.handle(.woken, now: start + .seconds(2), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(2)) == nil, "twice as long now")
        #expect(session.nextAction(now: start + .seconds(3)) == .claim(limit: 1))
    }

    @Test func `storage that is away stops claiming until one job got through`() {
        var session = WorkerSession(slots: 3)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 2, limit: 3), now: start, jitter: 1)
        _ = session.handle(.jobEnded(.infrastructureAway), now: start, jitter: 1)
        _ = session.handle(.jobEnded(.infrastructureAway), now: start, jitter: 1)
        #expect(session.nextAction(now: start) == nil)
        #expect(session.nextAction(now: start + .seconds(1)) == .claim(limit: 1))
        _ = session.handle(.claimed(count: 1, limit: 1), now: start + .seconds(1), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(1)) == nil, "the probe is on its way")
        _ = session.handle(.jobEnded(.resolved), now: start + .seconds(2), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(2)) == .claim(limit: 3))
    }

    @Test func `a probe that is abandoned is followed by another`() {
        var session = WorkerSession(slots: 3)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimFailed, now: start, jitter: 1)
        _ = session.handle(.woken, now: start, jitter: 1)
        _ = session.nextAction(now: start + .seconds(1))
        _ = session.handle(.claimed(count: 1, limit: 1), now: start + .seconds(1), jitter: 1)
        _ = session.handle(.jobEnded(.abandoned), now: start + .seconds(2), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(2)) == .claim(limit: 1))
    }

    @Test func `a result that waits to be written leaves its slot to other work`() {
        var session = WorkerSession(slots: 1)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 1, limit: 1), now: start, jitter: 0)
        _ = session.handle(.resultWaits(isRefused: false), now: start, jitter: 0)
        #expect(session.busy == 0 && session.waiting == 1)
        #expect(session.nextAction(now: start) == .claim(limit: 1))
        _ = session.handle(.claimed(count: 0, limit: 1), now: start, jitter: 0)
        _ = session.handle(.waitingResultEnded(.resolved), now: start, jitter: 0)
        #expect(session.waiting == 0)
    }

    @Test func `when too many results wait, nothing is claimed until one is written`() {
        var session = WorkerSession(slots: 1)
        for _ in 1...WorkerSession.mostWaitingPerSlot {
            #expect(session.nextAction(now: start) == .claim(limit: 1))
            _ = session.handle(.claimed(count: 1, limit: 1), now: start, jitter: 0)
            _ = session.handle(.resultWaits(isRefused: false), now: start, jitter: 0)
        }
        #expect(session.hasTooManyWaiting)
        #expect(session.nextAction(now: start) == nil)
        _ = session.handle(.waitingResultEnded(.resolved), now: start, jitter: 0)
        #expect(session.nextAction(now: start) == .claim(limit: 1))
    }

    @Test func `a result that the database refuses opens the breaker, and one that is blocked does not`() {
        var session = WorkerSession(slots: 4)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 2, limit: 4), now: start, jitter: 1)
        _ = session.handle(.resultWaits(isRefused: false), now: start, jitter: 1)
        #expect(session.nextAction(now: start) == .claim(limit: 3))
        _ = session.handle(.claimed(count: 0, limit: 3), now: start, jitter: 1)
        _ = session.handle(.resultWaits(isRefused: true), now: start, jitter: 1)
        #expect(session.nextAction(now: start) == nil)
        #expect(session.nextAction(now: start + .seconds(1)) == .claim(limit: 1), "one job, to try it")
    }

    @Test func `draining waits for results until they are given up`() {
        var session = WorkerSession(slots: 1)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 1, limit: 1), now: start, jitter: 0)
        _ = session.handle(.resultWaits(isRefused: false), now: start, jitter: 0)
        _ = session.handle(.drain, now: start, jitter: 0)
        #expect(session.nextAction(now: start) == nil)
        #expect(session.handle(.graceOver, now: start, jitter: 0) == .cancelJobs)
        #expect(session.nextAction(now: start) == nil, "results of the jobs that were just stopped are still written")
        _ = session.handle(.giveUp, now: start, jitter: 0)
        #expect(session.isGivenUp)
        #expect(session.nextAction(now: start) == .finish)
    }

    @Test func `inspectors that the machine kills take slots away, and at one slot they open the breaker`() {
        var session = WorkerSession(slots: 2)
        _ = session.nextAction(now: start)
        _ = session.handle(.claimed(count: 2, limit: 2), now: start, jitter: 1)
        _ = session.handle(.jobEnded(.shortage), now: start, jitter: 1)
        #expect(session.withheldSlots(now: start) == 1)
        #expect(session.nextAction(now: start) == nil, "the other one runs")
        _ = session.handle(.jobEnded(.shortage), now: start + .seconds(2), jitter: 1)
        #expect(session.shortage(now: start + .seconds(2))?.contains("even one at a time") == true)
        #expect(session.nextAction(now: start + .seconds(2)) == nil)
        #expect(session.nextAction(now: start + .seconds(3)) == .claim(limit: 1))
        _ = session.handle(.claimed(count: 1, limit: 1), now: start + .seconds(3), jitter: 1)
        _ = session.handle(.jobEnded(.resolved), now: start + .seconds(4), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(4)) == .claim(limit: 1), "one at a time works")
        _ = session.handle(.claimed(count: 0, limit: 1), now: start + .seconds(4), jitter: 1)
        _ = session.handle(.woken, now: start + .seconds(300), jitter: 1)
        #expect(session.nextAction(now: start + .seconds(300)) == .claim(limit: 2), "after quiet minutes")
    }
}
