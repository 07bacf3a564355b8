/// What was last told of a session, so that only changes are told.
struct SessionNumbers {
    private var busy = 0
    private var waiting = 0
    private var withheld = 0
    private var hasTrouble = false

    /// Tells metrics and people what has changed.
    mutating func tell(_ session: WorkerSession, _ parts: SessionParts, _ observe: (JobWorkerEvent) -> Void) {
        if session.busy != busy {
            busy = session.busy
            observe(.busy(busy))
        }
        if session.waiting != waiting {
            waiting = session.waiting
            observe(.resultsWaiting(waiting))
        }
        let now = ContinuousClock.now
        let shortage = session.shortage(now: now)
        guard waiting > 0 || shortage != nil || hasTrouble else { return }
        let results = waiting > 0 ? parts.waiting.sentence(stopsClaims: session.hasTooManyWaiting) : nil
        parts.troubles.set(.results, results)
        parts.troubles.set(.shortage, shortage)
        hasTrouble = results != nil || shortage != nil
        if session.withheldSlots(now: now) != withheld {
            withheld = session.withheldSlots(now: now)
            observe(.slotsWithheld(withheld))
        }
    }
}
