import FoundationEssentials
import Logging
import Postgres
import ServiceLifecycle

extension JobWorker {
    /// One tenure: from a fresh registration until shutdown or a lost lease.
    func serve(as worker: UUID) async {
        let (events, mailbox) = AsyncStream.makeStream(of: Tenure.Event.self)
        let keeper = LeaseKeeper(worker: worker, database: database, configuration: configuration, logger: logger) {
            onLeaseLost()
            mailbox.yield(.leaseLost)
        }
        let held = HeldClaims()
        keeper.start()
        let claims = RunningClaims()
        mailbox.yield(.woken)
        await withTaskGroup(of: Void.self) { helpers in
            helpers.addTask { await announceShutdown(to: mailbox) }
            helpers.addTask { await listen(for: mailbox, worker: worker, claims: claims) }
            helpers.addTask { await poll(for: mailbox) }
            helpers.addTask { await keepHouse(worker: worker, claims: claims, held: held) }
            await decide(events, mailbox: mailbox, worker: worker, keeper: keeper, claims: claims, held: held)
            helpers.cancelAll()
        }
        keeper.stop()
        guard !keeper.isLost else {
            logger.error("the lease is lost: its jobs were stopped, others may have them by now")
            return
        }
        // Not in this task, which may be cancelled: what is left undone here others would have to wait for.
        await Task { await leave(worker) }.value
    }

    /// Carries out what the tenure decides until it has ended and every job with it.
    private func decide(
        _ events: AsyncStream<Tenure.Event>, mailbox: AsyncStream<Tenure.Event>.Continuation, worker: UUID, keeper: LeaseKeeper,
        claims: RunningClaims, held: HeldClaims
    ) async {
        await withDiscardingTaskGroup { jobs in
            var tenure = Tenure(slots: configuration.slots)
            for await event in events {
                if tenure.handle(event, now: .now, jitter: .random(in: 0...1)) == .cancelJobs { jobs.cancelAll() }
                while let action = tenure.nextAction(now: .now) {
                    guard case .claim(let limit) = action else { return }
                    let (outcome, fresh) = await claim(limit, for: worker)
                    if tenure.handle(outcome, now: .now, jitter: .random(in: 0...1)) == .cancelJobs { jobs.cancelAll() }
                    held.add(fresh)
                    for claim in fresh {
                        jobs.addTask {
                            let end = await work(on: claim, keeper: keeper, claims: claims)
                            held.remove(claim)
                            mailbox.yield(.jobEnded(end))
                        }
                    }
                }
            }
            // Only a cancelled task comes here, in mid-stream: its jobs are cancelled with it.
        }
    }

    private func claim(_ limit: Int, for worker: UUID) async -> (Tenure.Event, [JobClaim]) {
        do {
            let claims = try await queue.claim(worker: worker, kinds: Array(handlers.keys), limit: limit)
            return (.claimed(count: claims.count, limit: limit), claims)
        } catch {
            if (error as? JobQueueError)?.code == .leaseLost {
                logger.error("\(error)")
                return (.claimRefused, [])
            }
            logger.warning("cannot claim jobs; trying again", metadata: ["error": "\(error)"])
            return (.claimFailed, [])
        }
    }

    private func leave(_ worker: UUID) async {
        do {
            try await queue.leave(worker: worker)
        } catch {
            logger.warning("cannot sign off; others will notice within the lease", metadata: ["error": "\(error)"])
        }
    }
}

// MARK: - What wakes a tenure

extension JobWorker {
    /// Tells of the shutdown, and when its grace time is over. Cancellation is a shutdown without grace.
    private func announceShutdown(to mailbox: AsyncStream<Tenure.Event>.Continuation) async {
        do {
            try await gracefulShutdown()
            logger.info("stopping: running jobs get their grace time", metadata: ["grace": "\(configuration.graceTime)"])
            mailbox.yield(.drain)
            try await Task.sleep(for: configuration.graceTime)
        } catch {
            mailbox.yield(.drain)
        }
        mailbox.yield(.graceOver)
    }

    private func listen(for mailbox: AsyncStream<Tenure.Event>.Continuation, worker: UUID, claims: RunningClaims) async {
        for await event in PostgresListener(listening, channels: [JobQueue.channel, JobQueue.stopChannel]) {
            if case .notification(let notification) = event, notification.channel == JobQueue.stopChannel {
                await heedStops(worker: worker, claims: claims)
                continue
            }
            // Jitter, so that of many idle workers not all ask in the same instant.
            try? await Task.sleep(for: .milliseconds(Double.random(in: 0...2)))
            mailbox.yield(.woken)
        }
    }

    private func poll(for mailbox: AsyncStream<Tenure.Event>.Continuation) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.pollInterval * Double.random(in: 0.9...1.1))
            mailbox.yield(.woken)
        }
    }

    /// Stops those of the running jobs that people want stopped.
    private func heedStops(worker: UUID, claims: RunningClaims) async {
        do {
            claims.stop(try await queue.stopRequests(for: worker))
        } catch {
            // Asked again within a second.
            logger.debug("cannot ask which jobs are to be stopped", metadata: ["error": "\(error)"])
        }
    }

    /// Rescue, people's wishes, and the history's partitions: ordinary queries of every worker.
    private func keepHouse(worker: UUID, claims: RunningClaims, held: HeldClaims) async {
        var nextPreparation = ContinuousClock.now
        var nextReckoning = ContinuousClock.now + configuration.lease
        while !Task.isCancelled {
            await heedStops(worker: worker, claims: claims)
            do {
                for (name, jobs) in try await queue.rescue() {
                    logger.warning("buried a worker that stopped beating", metadata: ["dead": "\(name)", "jobs_rescued": "\(jobs)"])
                }
                if ContinuousClock.now >= nextReckoning {
                    let released = try await queue.releaseUnheld(worker: worker, held: held.all)
                    if released > 0 { logger.warning("gave back jobs whose claim was lost on the way", metadata: ["jobs": "\(released)"]) }
                    nextReckoning = .now + configuration.lease
                }
                if ContinuousClock.now >= nextPreparation {
                    try await queue.prepareHistory()
                    nextPreparation = .now + .seconds(3600)
                }
            } catch {
                // Whoever is there next does it; the claims report that the database is away.
                logger.debug("no housekeeping this time", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: configuration.beatInterval * Double.random(in: 0.9...1.1))
        }
    }
}
