import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle

extension JobWorker {
    /// One tenure: from a fresh registration until shutdown or a lost lease.
    func serve(as worker: UUID, slots: Int) async {
        let (events, mailbox) = AsyncStream.makeStream(of: [Tenure.Event].self)
        let turns = HouseTurns()
        let keeper = LeaseKeeper(
            worker: worker, database: database, configuration: configuration, logger: logger, turns: turns, observe: observe
        ) {
            onLeaseLost()
            mailbox.yield([.leaseLost])
        }
        let held = HeldClaims(lease: configuration.lease)
        let ear = Ear()
        keeper.start()
        // Nothing is claimed before it is known that nothing is missing.
        mailbox.yield([.held(true)])
        await withTaskGroup(of: Void.self) { helpers in
            helpers.addTask { await announceShutdown(to: mailbox) }
            helpers.addTask { await listen(for: mailbox, ear: ear, worker: worker, held: held) }
            helpers.addTask { await poll(for: mailbox, ear: ear) }
            helpers.addTask { await keepHouse(turns, worker: worker, held: held) }
            helpers.addTask { await watchForObstacles(mailbox) }
            helpers.addTask { await announceSlots(worker: worker, from: slots, to: mailbox) }
            // In a task of its own, because this one may be cancelled, and a result that is there shall not be lost for that. It ends:
            // being cancelled is a shutdown without grace.
            await Task { await decide(events, mailbox: mailbox, worker: worker, keeper: keeper, held: held) }.value
            helpers.cancelAll()
        }
        keeper.stop()
        guard !keeper.isLost else {
            logger.error("the lease is lost: its jobs were stopped, others may have them by now")
            return
        }
        // Not in this task, which may be cancelled: what is left undone here others would have to wait for.
        await Task { await leave(worker, doneWith: held.takeDone()) }.value
    }

    /// Carries out what the tenure decides until it has ended and every job with it.
    private func decide(
        _ events: AsyncStream<[Tenure.Event]>, mailbox: Tenure.Mailbox, worker: UUID, keeper: LeaseKeeper, held: HeldClaims
    ) async {
        let resolved = ResolvedJobs()
        async let writing: Void = write(resolved, keeper: keeper, held: held, to: mailbox)
        var tenure = Tenure(slots: configuration.slots.count)
        var busy = 0
        var secondLook = SecondLook()
        func take(_ event: Tenure.Event) {
            if tenure.handle(event, now: .now, jitter: .random(in: 0...1)) == .cancelJobs { held.cancelAll() }
        }
        deciding: for await batch in events {
            for event in batch { take(event) }
            // Where a notification told of nothing for this worker, only the second look asks to be told again.
            let wasTold = batch.contains(.told)
            while let action = tenure.nextAction(now: .now) {
                guard case .claim(let limit) = action else { break deciding }
                let (outcome, fresh) = await claim(limit, for: worker, holding: held, asksForMore: !wasTold)
                held.start(fresh) { claim in
                    resolved.put(claim, await resolution(of: claim) { held.stopRequest(for: claim.id) })
                }
                take(outcome)
                for claim in fresh { observe(.claimed(claim)) }
                if fresh.count < limit {
                    secondLook.plan(found: fresh.count, wasTold: wasTold) { mailbox.yield([.woken]) }
                }
            }
            if tenure.busy != busy {
                busy = tenure.busy
                observe(.busy(busy))
            }
        }
        secondLook.end()
        resolved.finish()
        await writing
    }

    private func claim(
        _ limit: Int, for worker: UUID, holding held: HeldClaims, asksForMore: Bool
    ) async -> (Tenure.Event, [JobClaim]) {
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
                    worker: worker, kinds: kinds[next.kinds] ?? all, limit: next.limit, asksForMore: asksForMore)
                round.brought(fresh.count)
                claims += fresh
            }
            return (.claimed(count: claims.count, limit: limit), claims)
        } catch {
            if (error as? JobQueueError)?.code == .leaseLost {
                logger.error("\(error)")
                return (.claimRefused, [])
            }
            held.missedAnswer()
            observe(.databaseFailed(code: (error as? PostgresError)?.sqlState?.rawValue))
            logger.warning("cannot claim jobs; trying again", metadata: ["error": "\(error)"])
            // What came before the trouble is this worker's work.
            return claims.isEmpty ? (.claimFailed, []) : (.claimed(count: claims.count, limit: limit), claims)
        }
    }

    private func leave(_ worker: UUID, doneWith rows: [Int64]) async {
        do {
            try await queue.leave(worker: worker, doneWith: rows)
        } catch {
            logger.warning("cannot sign off; others will notice within the lease", metadata: ["error": "\(error)"])
        }
    }
}

// MARK: - What wakes a tenure

extension JobWorker {
    /// Tells of the shutdown, and when its grace time is over. Cancellation is a shutdown without grace.
    private func announceShutdown(to mailbox: Tenure.Mailbox) async {
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

    private func listen(for mailbox: Tenure.Mailbox, ear: Ear, worker: UUID, held: HeldClaims) async {
        for await event in PostgresListener(listening, channels: [JobQueue.channel, JobQueue.stopChannel]) {
            ear.hears = event != .disconnected
            if case .notification(let notification) = event, notification.channel == JobQueue.stopChannel {
                await heedStops(worker: worker, held: held)
                continue
            }
            mailbox.yield([event == .disconnected ? .woken : .told])
        }
    }

    /// Looks for jobs, but rarely while notifications arrive: of what was missed then all are told by whoever keeps house.
    private func poll(for mailbox: Tenure.Mailbox, ear: Ear) async {
        var rest = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.pollInterval * Double.random(in: 0.9...1.1))
            rest = ear.hears && rest > 0 ? rest - 1 : Self.pollsLeftOut
            if rest == Self.pollsLeftOut { mailbox.yield([.woken]) }
        }
    }

    /// Of so many polls in a row, one is made while notifications arrive.
    private static let pollsLeftOut = 60

    /// Tells when something is missing that every job needs, and when it is there again. Until the first answer the tenure is held.
    private func watchForObstacles(_ mailbox: Tenure.Mailbox) async {
        var known: String?
        var isHeld = true
        while !Task.isCancelled {
            let found = await obstacle()
            if found != known {
                if let found {
                    logger.warning("claims no jobs until this is over", metadata: ["reason": "\(found)"])
                } else {
                    logger.notice("claims jobs again")
                }
                observe(.held(reason: found))
                known = found
            }
            if isHeld != (found != nil) {
                isHeld = found != nil
                mailbox.yield([.held(isHeld)])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Passes changes of the number of slots on: to the tenure, and to the database, where people read it.
    private func announceSlots(worker: UUID, from registered: Int, to mailbox: Tenure.Mailbox) async {
        let (changes, told) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        configuration.slots.onChange(from: registered) { told.yield($0) }
        for await count in changes {
            mailbox.yield([.slots(count)])
            logger.notice("slots changed", metadata: ["slots": "\(count)"])
            do {
                try await queue.announce(slots: count, of: worker)
            } catch {
                logger.debug("cannot say how many slots there are", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Stops those of the running jobs that people want stopped.
    private func heedStops(worker: UUID, held: HeldClaims) async {
        do {
            held.stop(try await queue.stopRequests(for: worker))
        } catch {
            // Asked again within a second.
            logger.debug("cannot ask which jobs are to be stopped", metadata: ["error": "\(error)"])
        }
    }

    /// Once in a beat: for all, where it is this worker's turn, and for itself, where it has claims.
    private func keepHouse(_ turns: HouseTurns, worker: UUID, held: HeldClaims) async {
        var nextHistory = ContinuousClock.now
        for await _ in turns.beats {
            let isTurn = turns.begin()
            defer { turns.end() }
            guard isTurn || held.isConcerned else { continue }
            do {
                let found = try await queue.keepHouse(
                    worker: worker, held: held.ids, doneWith: held.takeDone(), telling: isTurn ? Array(handlers.keys) : [])
                held.stop(found.stops)
                for (name, jobs) in found.buried {
                    logger.warning("buried a worker that stopped beating", metadata: ["dead": "\(name)", "jobs_rescued": "\(jobs)"])
                }
                if found.released > 0 {
                    logger.warning("gave back jobs whose claim was lost on the way", metadata: ["jobs": "\(found.released)"])
                }
                if ContinuousClock.now >= nextHistory {
                    nextHistory = .now + .seconds(3600)
                    let days = try await queue.keepHistory(for: configuration.historyRetention)
                    if days > 0 { logger.info("dropped days of the history", metadata: ["days": "\(days)"]) }
                }
            } catch {
                // Whoever is there next does it; the claims report that the database is away.
                logger.debug("no housekeeping this time", metadata: ["error": "\(error)"])
                // What it was to be told has yet to be told.
                held.missedAnswer()
                // Until then the turns are others'.
                try? await Task.sleep(for: configuration.beatInterval * Double.random(in: 1...2))
            }
        }
    }
}
