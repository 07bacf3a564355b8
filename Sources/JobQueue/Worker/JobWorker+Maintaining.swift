import FoundationEssentials
import Logging
import Postgres

extension JobWorker {
    /// Does maintenance after a beat: for all workers if it is this worker's turn, and for this worker if it may hold claims.
    func doMaintenance(_ turns: MaintenanceTurns, worker: UUID, _ session: SessionParts) async {
        let held = session.held
        var nextHistory = ContinuousClock.now
        var nextPreparation = ContinuousClock.now
        for await _ in turns.beats {
            let isTurn = turns.begin()
            defer { turns.end() }
            guard isTurn || held.mayHoldClaims else { continue }
            do {
                if isTurn {
                    let clock = try await queue.followClock()
                    if let seconds = clock.setBack {
                        logger.warning(
                            "the database's clock was set back; stored times have been moved along", metadata: ["seconds": "\(seconds)"])
                    }
                    // Only made, and nothing dropped: the clock may be wrong now and right again soon. Once a minute, if it cannot be made.
                    if clock.lacksHistory, ContinuousClock.now >= nextPreparation {
                        nextPreparation = .now + .seconds(60)
                        try await queue.prepareHistory()
                    }
                }
                let found = try await queue.runMaintenance(
                    worker: worker, held: held.ids, doneWith: held.takeDone(), announcing: isTurn ? Array(handlers.keys) : [])
                held.stop(found.stops)
                // Workers were notified. This one looks by itself, because a listener whose connection has gone silent hears nothing.
                if found.jobsWait { session.mailbox.yield([.woken]) }
                for (name, jobs) in found.deadWorkers {
                    logger.warning("rescued the jobs of a dead worker", metadata: ["dead": "\(name)", "jobs_rescued": "\(jobs)"])
                }
                if found.released > 0 {
                    logger.warning("put back jobs whose claim never reached this worker", metadata: ["jobs": "\(found.released)"])
                }
            } catch {
                // The next worker in turn does it. Failing claims already report that the database is away.
                logger.debug("maintenance failed; it is tried again", metadata: ["error": "\(error)"])
                // The rows that were passed on were not processed, so the database may still count ended jobs as this worker's.
                held.lostClaimAnswer()
                // Other workers get the turns meanwhile.
                try? await Task.sleep(for: configuration.beatInterval * Double.random(in: 1...2))
                continue
            }
            if ContinuousClock.now >= nextHistory { nextHistory = .now + (await keepHistory()) }
        }
    }

    /// - Returns: how long to wait until the next time.
    private func keepHistory() async -> Duration {
        do {
            let days = try await queue.keepHistory(for: configuration.historyRetention)
            if days > 0 { logger.info("dropped days of the history", metadata: ["days": "\(days)"]) }
            return days < JobQueue.mostDaysDropped ? .seconds(3600) : .zero
        } catch {
            guard !Task.isCancelled else { return .zero }
            logger.warning("cannot prune the history of jobs; trying again in a minute", metadata: ["reason": "\(error)"])
            return .seconds(60)
        }
    }
}
