import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle

extension JobWorker {
    /// One session: from the registration until shutdown or a lost lease. Cancellation is a shutdown without grace time.
    func serve(as worker: UUID, slots: Int) async {
        let (events, mailbox) = AsyncStream.makeStream(of: [WorkerSession.Event].self)
        let turns = MaintenanceTurns()
        let listener = ListenerStatus()
        // The session ends when its tasks have ended, or when it no longer waits for them: after the grace time, or some time after its lease
        // was lost. So they run in another task.
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let keeper = LeaseKeeper(
            worker: worker, database: database, configuration: configuration, logger: logger, turns: turns, listener: listener,
            observe: observe
        ) {
            onLeaseLost()
            mailbox.yield([.leaseLost])
            Task {
                try? await Task.sleep(for: Self.timeToStop)
                end.finish()
            }
        }
        let session = SessionParts(keeper: keeper, held: HeldClaims(lease: configuration.lease), mailbox: mailbox, listener: listener)
        keeper.start()
        // Nothing is claimed before the first check for obstacles.
        mailbox.yield([.claimsBlocked(true)])
        let whole = Task {
            await runTasks(of: session, events, turns, worker: worker, slots: slots) { end.finish() }
            end.finish()
        }
        await withTaskCancellationHandler {
            await Task { for await _ in ends {} }.value
        } onCancel: {
            whole.cancel()
        }
        whole.cancel()
        keeper.stop()
        guard !keeper.isLost else {
            logger.error("the lease is lost: the running jobs were stopped, other workers may have them by now")
            return
        }
        // In another task, because this one may be cancelled. Without it the jobs would be unavailable until the lease is over.
        let leaving = Task { await leave(worker, doneWith: session.held.takeDone()) }
        await Self.wait(for: leaving, atMost: session.held.ids.isEmpty ? .seconds(10) : Self.timeToLeave)
        leaving.cancel()
    }

    /// After the lease was lost: how long is waited for handlers that do not heed their cancellation, before the worker registers again.
    private static let timeToStop = Duration.seconds(30)
    /// After the grace time: how long results may still be written, among them those of the jobs that were just stopped.
    private static let timeToWrite = Duration.seconds(1)
    /// How long is waited for what was cancelled after that.
    private static let timeToEnd = Duration.milliseconds(500)
    /// How long the worker tries to hand jobs back that it gave up. Another session may hold a lock on them.
    private static let timeToLeave = Duration.seconds(1)

    /// - Parameter giveUp: called when the session must not be waited for any longer.
    private func runTasks(
        of session: SessionParts, _ events: AsyncStream<[WorkerSession.Event]>, _ turns: MaintenanceTurns, worker: UUID, slots: Int,
        giveUp: @escaping @Sendable () -> Void
    ) async {
        let (mailbox, held, listener) = (session.mailbox, session.held, session.listener)
        await withTaskGroup(of: Void.self) { helpers in
            helpers.addTask { await announceShutdown(to: mailbox, giveUp: giveUp) }
            helpers.addTask { await listen(for: mailbox, listener: listener, worker: worker, held: held) }
            helpers.addTask { await poll(for: mailbox, listener: listener) }
            helpers.addTask { await doMaintenance(turns, worker: worker, session) }
            helpers.addTask { await watchForObstacles(session) }
            helpers.addTask { await announceTroubles(session.troubles, worker: worker) }
            helpers.addTask { await announceSlots(worker: worker, from: slots, to: mailbox) }
            // This task may be cancelled, and then finished results must still be written. So the decisions run in another task.
            await Task { await decide(events, worker: worker, session) }.value
            helpers.cancelAll()
        }
    }

    /// Waits for a task, also when this one is cancelled.
    private static func wait(for task: Task<Void, Never>, atMost limit: Duration) async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let ending = Task {
            await task.value
            end.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: limit)
            end.finish()
        }
        await Task { for await _ in ends {} }.value
        timer.cancel()
        ending.cancel()
    }

    /// Carries out the session's decisions until the session and all of its jobs have ended.
    private func decide(_ events: AsyncStream<[WorkerSession.Event]>, worker: UUID, _ parts: SessionParts) async {
        let (held, mailbox, listener) = (parts.held, parts.mailbox, parts.listener)
        let resolved = ResolvedJobs()
        let writing = Task { await write(resolved, in: parts) }
        var session = WorkerSession(slots: configuration.slots.count)
        var told = SessionNumbers()
        var followUp = FollowUpClaim()
        func take(_ event: WorkerSession.Event) {
            if session.handle(event, now: .now, jitter: .random(in: 0...1)) == .cancelJobs { held.cancelAll() }
        }
        deciding: for await batch in events {
            for event in batch { take(event) }
            // After a notification only the follow-up claim asks for the next notification.
            let wasNotified = batch.contains(.notified)
            if wasNotified { listener.takeNotification() }
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
            told.tell(session, parts, observe)
        }
        followUp.end()
        resolved.finish()
        if session.isGivenUp {
            let jobs = held.ids
            logger.warning(
                "the grace time is over: gives up jobs whose results cannot be written; they are released, or others rescue them",
                metadata: [
                    "jobs": "\(jobs.sorted().prefix(20).map(String.init).joined(separator: " "))", "count": "\(jobs.count)",
                    "reason": "\(parts.troubles.sentence(.results) ?? "they did not end in time")",
                ])
            writing.cancel()
        }
        await writing.value
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
            recent.claimed()
            return (.claimed(count: claims.count, limit: limit), claims)
        } catch {
            if (error as? JobQueueError)?.code == .leaseLost {
                logger.error("\(error)")
                return (.claimRefused, [])
            }
            held.lostClaimAnswer()
            observe(.databaseFailed(code: (error as? PostgresError)?.sqlState?.rawValue))
            recent.failed(nil, key: RecentAttempts.key(of: error), reason: "\(error)", isInstallations: true)
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
    /// Sends the shutdown, the end of its grace time, and the end of the time for writing. Cancellation is a shutdown without grace time.
    private func announceShutdown(to mailbox: WorkerSession.Mailbox, giveUp: @escaping @Sendable () -> Void) async {
        do {
            try await gracefulShutdown()
            logger.info("stopping: running jobs get their grace time", metadata: ["grace": "\(configuration.graceTime)"])
            mailbox.yield([.drain])
            try await Task.sleep(for: configuration.graceTime)
        } catch {
            mailbox.yield([.drain])
        }
        mailbox.yield([.graceOver])
        // In another task, because this one may be cancelled. Nobody waits for it: mostly the session ends before.
        Task {
            try? await Task.sleep(for: Self.timeToWrite)
            mailbox.yield([.giveUp])
            try? await Task.sleep(for: Self.timeToEnd)
            giveUp()
        }
    }

    private func listen(for mailbox: WorkerSession.Mailbox, listener: ListenerStatus, worker: UUID, held: HeldClaims) async {
        // Notifications that come while the requests are being read become one.
        let (stops, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        async let stopping: Void = { for await _ in stops { await stopRequestedJobs(worker: worker, held: held) } }()
        for await event in PostgresListener(listening, channels: [JobQueue.channel, JobQueue.stopChannel]) {
            listener.isListening = event != .disconnected
            if case .notification(let notification) = event, notification.channel == JobQueue.stopChannel {
                stop.yield()
            } else if event == .disconnected {
                mailbox.yield([.woken])
            } else if listener.notify() {
                mailbox.yield([.notified])
            }
        }
        stop.finish()
        await stopping
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

    /// Sends whether something is missing that every job needs. Until the first check has ended, nothing is claimed. Tells also what else keeps
    /// the worker from working as it should.
    private func watchForObstacles(_ session: SessionParts) async {
        var known: String?
        var isBlocked = true
        var wasHeld = false
        var told: String?
        var shortage: String?
        while !Task.isCancelled {
            let found = await obstacle()
            if found != known {
                if let found {
                    logger.warning("claims no jobs until this obstacle is gone", metadata: ["reason": "\(found)"])
                } else {
                    logger.notice("claims jobs again")
                }
                known = found
            }
            session.troubles.set(.obstacle, found)
            tellCommonError(found == nil ? recent.sentence : nil, session.troubles)
            if isBlocked != (found != nil) {
                isBlocked = found != nil
                session.mailbox.yield([.claimsBlocked(isBlocked)])
            }
            let isHeld = (found ?? session.troubles.sentence(.attempts)) != nil
            if isHeld != wasHeld { observe(.claimsBlocked(reason: found ?? session.troubles.sentence(.attempts))) }
            wasHeld = isHeld
            let nowShort = session.troubles.sentence(.shortage)
            if nowShort != shortage {
                let reason: Logger.Metadata = nowShort.map { ["reason": "\($0)"] } ?? [:]
                logger.warning(nowShort == nil ? "uses all slots again" : "leaves slots empty", metadata: reason)
                shortage = nowShort
            }
            let others = session.troubles.all(but: .obstacle)
            if others != told { observe(.troubled(others)) }
            told = others
            // So that the session looks again at what depends on the time.
            if others != nil { session.mailbox.yield([.woken]) }
            try? await Task.sleep(for: .seconds(1))
        }
        observe(.troubled(nil))
    }

    private func tellCommonError(_ sentence: String?, _ troubles: WorkerTroubles) {
        guard troubles.set(.attempts, sentence) else { return }
        observe(.attemptsEndAlike(sentence != nil))
        if let sentence {
            logger.error("most attempts end alike", metadata: ["reason": "\(sentence)"])
        } else {
            logger.notice("attempts do not end alike any more; claims jobs again")
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
}
