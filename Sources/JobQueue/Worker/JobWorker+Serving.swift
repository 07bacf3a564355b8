import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle

extension JobWorker {
    /// One session: from the registration until shutdown or a lost lease.
    func serve(as worker: UUID, slots: Int) async {
        let (events, mailbox) = AsyncStream.makeStream(of: [WorkerSession.Event].self)
        let turns = MaintenanceTurns()
        let listener = ListenerStatus()
        let keeper = LeaseKeeper(
            worker: worker, database: database, configuration: configuration, logger: logger, turns: turns, listener: listener,
            observe: observe
        ) {
            onLeaseLost()
            mailbox.yield([.leaseLost])
        }
        let held = HeldClaims(lease: configuration.lease)
        keeper.start()
        // Nothing is claimed before the first check for obstacles.
        mailbox.yield([.claimsBlocked(true)])
        await withTaskGroup(of: Void.self) { helpers in
            helpers.addTask { await announceShutdown(to: mailbox) }
            helpers.addTask { await listen(for: mailbox, listener: listener, worker: worker, held: held) }
            helpers.addTask { await poll(for: mailbox, listener: listener) }
            helpers.addTask { await doMaintenance(turns, worker: worker, held: held) }
            helpers.addTask { await watchForObstacles(mailbox) }
            helpers.addTask { await announceSlots(worker: worker, from: slots, to: mailbox) }
            // This task may be cancelled, and then finished results must still be written. So the decisions run in another task. That task
            // ends too: cancellation is a shutdown without grace time.
            await Task { await decide(events, mailbox: mailbox, worker: worker, keeper: keeper, held: held) }.value
            helpers.cancelAll()
        }
        keeper.stop()
        guard !keeper.isLost else {
            logger.error("the lease is lost: the running jobs were stopped, other workers may have them by now")
            return
        }
        // In another task, because this one may be cancelled. Without it the jobs would be unavailable until the lease is over.
        await Task { await leave(worker, doneWith: held.takeDone()) }.value
    }

    /// Carries out the session's decisions until the session and all of its jobs have ended.
    private func decide(
        _ events: AsyncStream<[WorkerSession.Event]>, mailbox: WorkerSession.Mailbox, worker: UUID, keeper: LeaseKeeper, held: HeldClaims
    ) async {
        let resolved = ResolvedJobs()
        async let writing: Void = write(resolved, keeper: keeper, held: held, to: mailbox)
        var session = WorkerSession(slots: configuration.slots.count)
        var busy = 0
        var followUp = FollowUpClaim()
        func take(_ event: WorkerSession.Event) {
            if session.handle(event, now: .now, jitter: .random(in: 0...1)) == .cancelJobs { held.cancelAll() }
        }
        deciding: for await batch in events {
            for event in batch { take(event) }
            // After a notification only the follow-up claim asks for the next notification.
            let wasNotified = batch.contains(.notified)
            while let action = session.nextAction(now: .now) {
                guard case .claim(let limit) = action else { break deciding }
                let (outcome, fresh) = await claim(limit, for: worker, holding: held, asksForNotification: !wasNotified)
                held.start(fresh) { claim in
                    resolved.put(claim, await resolution(of: claim) { held.stopRequest(for: claim.id) })
                }
                take(outcome)
                for claim in fresh { observe(.claimed(claim)) }
                if fresh.count < limit {
                    followUp.plan(found: fresh.count, wasNotified: wasNotified) { mailbox.yield([.woken]) }
                }
            }
            if session.busy != busy {
                busy = session.busy
                observe(.busy(busy))
            }
        }
        followUp.end()
        resolved.finish()
        await writing
    }

    private func claim(
        _ limit: Int, for worker: UUID, holding held: HeldClaims, asksForNotification: Bool
    ) async -> (WorkerSession.Event, [JobClaim]) {
        let patient = Set(handlers.values.filter(\.isPatient).map(\.kind))
        let all = Array(handlers.keys)
        let kinds: [ClaimRound.Kinds: [String]] = [
            .all: all, .prompt: all.filter { !patient.contains($0) }, .patient: Array(patient),
        ]
        let slots = patient.isEmpty ? .max : configuration.slots.count
        var round = ClaimRound(limit: limit, slots: slots, patient: patient.isEmpty ? 0 : held.count(of: patient))
        var claims: [JobClaim] = []
        do {
            while let next = round.next() {
                let fresh = try await queue.claim(
                    worker: worker, kinds: kinds[next.kinds] ?? all, limit: next.limit, asksForNotification: asksForNotification)
                round.brought(fresh.count)
                claims += fresh
            }
            return (.claimed(count: claims.count, limit: limit), claims)
        } catch {
            if (error as? JobQueueError)?.code == .leaseLost {
                logger.error("\(error)")
                return (.claimRefused, [])
            }
            held.lostClaimAnswer()
            observe(.databaseFailed(code: (error as? PostgresError)?.sqlState?.rawValue))
            logger.warning("cannot claim jobs; trying again", metadata: ["error": "\(error)"])
            // Jobs that were claimed before the error are this worker's.
            return claims.isEmpty ? (.claimFailed, []) : (.claimed(count: claims.count, limit: limit), claims)
        }
    }

    private func leave(_ worker: UUID, doneWith rows: [Int64]) async {
        do {
            try await queue.leave(worker: worker, doneWith: rows)
        } catch {
            logger.warning("cannot leave the queue; others rescue the jobs when the lease is over", metadata: ["error": "\(error)"])
        }
    }
}

// MARK: - Sources of events

extension JobWorker {
    /// Sends the shutdown, and the end of its grace time. Cancellation is a shutdown without grace time.
    private func announceShutdown(to mailbox: WorkerSession.Mailbox) async {
        do {
            try await gracefulShutdown()
            logger.info("stopping: running jobs get their grace time", metadata: ["grace": "\(configuration.graceTime)"])
            mailbox.yield([.drain])
            try await Task.sleep(for: configuration.graceTime)
        } catch {
            mailbox.yield([.drain])
        }
        mailbox.yield([.graceOver])
    }

    private func listen(for mailbox: WorkerSession.Mailbox, listener: ListenerStatus, worker: UUID, held: HeldClaims) async {
        for await event in PostgresListener(listening, channels: [JobQueue.channel, JobQueue.stopChannel]) {
            listener.isListening = event != .disconnected
            if case .notification(let notification) = event, notification.channel == JobQueue.stopChannel {
                await stopRequestedJobs(worker: worker, held: held)
                continue
            }
            mailbox.yield([event == .disconnected ? .woken : .notified])
        }
    }

    /// Polls for jobs. While notifications arrive it polls rarely, because maintenance announces jobs whose notification was lost.
    private func poll(for mailbox: WorkerSession.Mailbox, listener: ListenerStatus) async {
        var rest = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.pollInterval * Double.random(in: 0.9...1.1))
            rest = listener.isTold && rest > 0 ? rest - 1 : Self.pollsLeftOut
            if rest == Self.pollsLeftOut { mailbox.yield([.woken]) }
        }
    }

    /// While notifications arrive, this many polls are left out between two.
    private static let pollsLeftOut = 60

    /// Sends whether something is missing that every job needs. Until the first check has ended, nothing is claimed.
    private func watchForObstacles(_ mailbox: WorkerSession.Mailbox) async {
        var known: String?
        var isBlocked = true
        while !Task.isCancelled {
            let found = await obstacle()
            if found != known {
                if let found {
                    logger.warning("claims no jobs until this obstacle is gone", metadata: ["reason": "\(found)"])
                } else {
                    logger.notice("claims jobs again")
                }
                observe(.claimsBlocked(reason: found))
                known = found
            }
            if isBlocked != (found != nil) {
                isBlocked = found != nil
                mailbox.yield([.claimsBlocked(isBlocked)])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Passes changes of the number of slots on to the session, and to the database, where people read it.
    private func announceSlots(worker: UUID, from registered: Int, to mailbox: WorkerSession.Mailbox) async {
        let (changes, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        configuration.slots.onChange(from: registered) { continuation.yield($0) }
        for await count in changes {
            mailbox.yield([.slots(count)])
            logger.notice("slots changed", metadata: ["slots": "\(count)"])
            do {
                try await queue.announce(slots: count, of: worker)
            } catch {
                logger.debug("cannot write the number of slots", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Stops the running jobs for which there are stop requests.
    private func stopRequestedJobs(worker: UUID, held: HeldClaims) async {
        do {
            held.stop(try await queue.stopRequests(for: worker))
        } catch {
            // Maintenance reads the requests again within a second.
            logger.debug("cannot read the stop requests", metadata: ["error": "\(error)"])
        }
    }

    /// Does maintenance after a beat: for all workers if it is this worker's turn, and for this worker if it may hold claims.
    private func doMaintenance(_ turns: MaintenanceTurns, worker: UUID, held: HeldClaims) async {
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
                for (name, jobs) in found.deadWorkers {
                    logger.warning("rescued the jobs of a dead worker", metadata: ["dead": "\(name)", "jobs_rescued": "\(jobs)"])
                }
                if found.released > 0 {
                    logger.warning("put back jobs whose claim never reached this worker", metadata: ["jobs": "\(found.released)"])
                }
                if ContinuousClock.now >= nextHistory {
                    nextHistory = .now + .seconds(3600)
                    let days = try await queue.keepHistory(for: configuration.historyRetention)
                    if days > 0 { logger.info("dropped days of the history", metadata: ["days": "\(days)"]) }
                }
            } catch {
                // The next worker in turn does it. Failing claims already report that the database is away.
                logger.debug("maintenance failed; it is tried again", metadata: ["error": "\(error)"])
                // The rows that were passed on were not processed, so the database may still count ended jobs as this worker's.
                held.lostClaimAnswer()
                // Other workers get the turns meanwhile.
                try? await Task.sleep(for: configuration.beatInterval * Double.random(in: 1...2))
            }
        }
    }
}
