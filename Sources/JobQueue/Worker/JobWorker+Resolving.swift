import Logging
import Postgres

extension JobWorker {
    /// The most results that one transaction writes.
    static let largestBatch = 1000

    /// Runs a claim's handler. A stop request overrules what the handler returns.
    func resolution(of claim: JobClaim, stoppedBy stop: () -> StopRequest?) async -> JobResolution {
        let found = await outcome(of: claim)
        return stop()?.overruling(found) ?? found
    }

    /// Writes resolutions to the database until no more come or the lease is lost.
    func write(_ resolved: ResolvedJobs, keeper: LeaseKeeper, held: HeldClaims, to mailbox: WorkerSession.Mailbox) async {
        await withDiscardingTaskGroup { others in
            func writeAlone(_ one: ResolvedJobs.Element, outcomeIsUnknown: Bool = false) {
                others.addTask {
                    let end = await resolve(one.claim, as: one.resolution, outcomeIsUnknown: outcomeIsUnknown, keeper: keeper)
                    // A job that a person stopped says nothing about the infrastructure.
                    let event = WorkerSession.Event.jobEnded(held.stopRequest(for: one.claim.id) == nil ? end : .abandoned)
                    held.remove(CollectionOfOne(one.claim), isSettled: end != .abandoned)
                    mailbox.yield([event])
                }
            }
            await resolved.forEachBatch(most: Self.largestBatch) { batch in
                let completed = batch.filter { $0.resolution.isCompletion }
                for one in batch where !one.resolution.isCompletion { writeAlone(one) }
                guard !completed.isEmpty else { return }
                do {
                    if keeper.isLost { throw JobQueueError.leaseLost }
                    try await complete(completed)
                    held.remove(completed.lazy.map(\.claim), isSettled: true)
                    mailbox.yield(completed.map { _ in .jobEnded(.resolved) })
                    for one in completed { report(one.resolution, one.claim) }
                } catch {
                    // After any error each result gets its own transaction, so that one that cannot be written does not stop the others.
                    let isUnknown = (error as? PostgresError)?.isCommitOutcomeUnknown ?? false
                    for one in completed { writeAlone(one, outcomeIsUnknown: isUnknown) }
                }
            }
        }
    }

    /// Completes all of them in one transaction: first the fence, then the effects.
    private func complete(_ jobs: [ResolvedJobs.Element]) async throws {
        try await queue.pool.transaction { connection in
            try await queue.complete(jobs.map(\.claim), in: connection)
            for job in jobs {
                if case .completed(let effects) = job.resolution { try await effects(connection) }
            }
        }
    }

    /// Logs and reports a result that is in the database.
    private func report(_ resolution: JobResolution, _ claim: JobClaim) {
        resolution.log(to: logger, claim)
        observe(.ended(claim, outcome: resolution.outcome, spent: ContinuousClock.now - claim.received))
    }

    private func outcome(of claim: JobClaim) async -> JobResolution {
        guard let handler = handlers[claim.kind] else {
            return failure(of: claim, reason: "this worker has no handler for jobs of kind \(claim.kind)")
        }
        do {
            return try await handler.run(claim)
        } catch is CancellationError {
            return .released(reason: "the worker stopped")
        } catch let error as PostgresError where error.isInfrastructure || error.isConflict {
            return .snoozed(reason: "\(error)")
        } catch let error as PostgresError where error.isCancellation {
            return .released(reason: "the worker stopped")
        } catch {
            logger.error("the attempt failed", metadata: claim.metadata(["error": "\(error)"]))
            return failure(of: claim, reason: "\(error)")
        }
    }

    private func failure(of claim: JobClaim, reason: String) -> JobResolution {
        switch configuration.retryPolicy.afterFailure(of: claim, jitter: .random(in: 0...1)) {
        case .retry(let delay): .retried(reason: reason, after: delay)
        case .discard: .discarded(reason: reason, { _ in })
        }
    }

    /// Writes one resolution. Tries again while the database is away, until the lease is lost, and while it loses against other transactions,
    /// for about half a minute: the work is done, and losing is no fault of its own.
    private func resolve(
        _ claim: JobClaim, as first: JobResolution, outcomeIsUnknown wasUnknown: Bool, keeper: LeaseKeeper
    ) async -> WorkerSession.JobEnd {
        var resolution = first
        var isFallback = false
        var outcomeIsUnknown = wasUnknown
        var step = 0
        var conflicts = 0
        while !keeper.isLost {
            do {
                if outcomeIsUnknown {
                    switch try await queue.status(of: claim) {
                    case .ended: return resolution.end
                    case .lost: return .abandoned
                    case .held: outcomeIsUnknown = false
                    }
                }
                try await write(resolution, for: claim)
                report(resolution, claim)
                return resolution.end
            } catch let error as JobQueueError where error.code == .claimLost {
                logger.notice("\(error)", metadata: claim.metadata())
                return .abandoned
            } catch let error as PostgresError where error.isInfrastructure {
                outcomeIsUnknown = outcomeIsUnknown || error.isCommitOutcomeUnknown
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning("the database is away; will write the result again", metadata: claim.metadata(["error": "\(error)"]))
                await Self.pause(step: step)
                step += 1
            } catch let error as PostgresError where error.isConflict && conflicts < Self.mostConflicts {
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning(
                    "the result lost against another transaction; will write it again", metadata: claim.metadata(["error": "\(error)"]))
                await Self.pause(step: conflicts)
                conflicts += 1
            } catch let error as PostgresError where error.isConflict && !isFallback {
                resolution = .snoozed(reason: "the result loses against other transactions again and again: \(error)")
                isFallback = true
            } catch  where !isFallback {
                // The database refuses the result: a fault of ours. The attempt counts as failed, and the error is kept.
                logger.error("the result cannot be written", metadata: claim.metadata(["error": "\(error)"]))
                resolution = failure(of: claim, reason: "the result cannot be written: \(error)")
                isFallback = true
            } catch {
                logger.critical(
                    "the job cannot be put back; this worker gives up its lease, so that others rescue the job",
                    metadata: claim.metadata(["error": "\(error)"]))
                keeper.giveUpLease()
                return .abandoned
            }
        }
        return .abandoned
    }

    /// How often a result that loses against other transactions is written again, beside what the pool does by itself.
    private static let mostConflicts = 30

    private static func pause(step: Int) async {
        let delay = RetryPolicy(firstDelay: .milliseconds(100), longestDelay: .seconds(1)).delay(step: step, jitter: .random(in: 0...1))
        try? await Task.sleep(for: delay)
    }

    private func write(_ resolution: JobResolution, for claim: JobClaim) async throws {
        try await queue.pool.transaction { connection in
            switch resolution {
            case .completed(let effects):
                try await queue.complete([claim], in: connection)
                try await effects(connection)
            case .discarded(let reason, let effects):
                try await queue.end(claim, as: .discarded, reason: reason, in: connection)
                try await effects(connection)
            case .cancelled(let reason):
                try await queue.end(claim, as: .cancelled, reason: reason, in: connection)
            case .retried(let reason, let delay):
                try await queue.putBack(claim, as: .retried, after: delay, reason: reason, in: connection)
            case .crashed(let reason, let delay):
                try await queue.putBack(claim, as: .crashed, after: delay, reason: reason, in: connection)
            case .snoozed(let reason):
                // The number of refunded attempts shows how long the infrastructure has been away.
                let delay = RetryPolicy(firstDelay: .seconds(1), longestDelay: .seconds(60)).delay(
                    step: claim.refunds, jitter: .random(in: 0...1))
                try await queue.putBack(claim, as: .snoozed, after: delay, reason: reason, in: connection)
            case .postponed(let reason, let delay, let effects):
                try await queue.putBack(claim, as: .snoozed, after: delay, reason: reason, in: connection)
                try await effects(connection)
            case .released(let reason):
                try await queue.putBack(claim, as: .released, after: .zero, reason: reason, in: connection)
            }
        }
    }
}

extension JobResolution {
    fileprivate var end: WorkerSession.JobEnd {
        switch self {
        case .completed, .discarded, .cancelled, .retried, .crashed: .resolved
        case .snoozed: .infrastructureAway
        case .postponed, .released: .abandoned
        }
    }

    /// The attempt's outcome, as timelines and metrics name it.
    fileprivate var outcome: String {
        switch self {
        case .completed: "completed"
        case .discarded: "discarded"
        case .cancelled: "cancelled"
        case .retried: "retried"
        case .crashed: "crashed"
        case .snoozed: "snoozed"
        case .postponed: "postponed"
        case .released: "released"
        }
    }

    fileprivate var isCompletion: Bool {
        if case .completed = self { true } else { false }
    }

    /// Only the first line of a reason is logged. The lines below are evidence, which may quote a recording, and stay in the database.
    fileprivate func log(to logger: Logger, _ claim: JobClaim) {
        func line(_ reason: String) -> Logger.MetadataValue { "\(reason.prefix { !$0.isNewline })" }
        switch self {
        case .completed: logger.info("completed", metadata: claim.metadata())
        case .discarded(let reason, _): logger.error("discarded", metadata: claim.metadata(["reason": line(reason)]))
        case .cancelled(let reason): logger.notice("cancelled", metadata: claim.metadata(["reason": line(reason)]))
        case .retried(let reason, let delay):
            logger.warning("retried", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .crashed(let reason, let delay):
            logger.warning("crashed: the inspector died", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .snoozed(let reason):
            logger.warning("snoozed: the infrastructure is away", metadata: claim.metadata(["reason": line(reason)]))
        case .postponed(let reason, let delay, _):
            logger.notice("postponed", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .released(let reason): logger.notice("released", metadata: claim.metadata(["reason": line(reason)]))
        }
    }
}

extension JobClaim {
    /// The metadata of every log line about this claim.
    fileprivate func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["job": "\(id)", "attempt": "\(attempt)"]) { mine, _ in mine }
    }
}
