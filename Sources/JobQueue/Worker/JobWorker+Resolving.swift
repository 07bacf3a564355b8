import Logging
import Postgres

extension JobWorker {
    /// The most results that are written in one transaction.
    static let largestBatch = 1000

    /// What a claim's handler, or the person who stopped it, makes of it.
    func resolution(of claim: JobClaim, stoppedBy stop: () -> StopRequest?) async -> JobResolution {
        let found = await outcome(of: claim)
        return stop()?.overruling(found) ?? found
    }

    /// Brings what became of jobs into the database until no more come. Ends with the lease at the latest.
    func write(_ resolved: ResolvedJobs, keeper: LeaseKeeper, held: HeldClaims, to mailbox: Tenure.Mailbox) async {
        await withDiscardingTaskGroup { others in
            func writeAlone(_ one: ResolvedJobs.Element, outcomeIsUnknown: Bool = false) {
                others.addTask {
                    let end = await resolve(one.claim, as: one.resolution, outcomeIsUnknown: outcomeIsUnknown, keeper: keeper)
                    // What a person stopped says nothing about the infrastructure.
                    let event = Tenure.Event.jobEnded(held.stopRequest(for: one.claim.id) == nil ? end : .abandoned)
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
                    mailbox.yield(completed.map { _ in .jobEnded(.reachedItsEnd) })
                    for one in completed { tell(one.resolution, one.claim) }
                } catch {
                    // Whatever it was: each for itself, so that one that cannot be written takes no other with it.
                    let isUnknown = (error as? PostgresError)?.isCommitOutcomeUnknown ?? false
                    for one in completed { writeAlone(one, outcomeIsUnknown: isUnknown) }
                }
            }
        }
    }

    /// One transaction for all of them: the fence first, then the effects.
    private func complete(_ jobs: [ResolvedJobs.Element]) async throws {
        try await queue.pool.transaction { connection in
            try await queue.complete(jobs.map(\.claim), in: connection)
            for job in jobs {
                if case .completed(let effects) = job.resolution { try await effects(connection) }
            }
        }
    }

    /// Says that a result is in the database.
    private func tell(_ resolution: JobResolution, _ claim: JobClaim) {
        resolution.log(to: logger, claim)
        observe(.ended(claim, outcome: resolution.word, spent: ContinuousClock.now - claim.received))
    }

    private func outcome(of claim: JobClaim) async -> JobResolution {
        guard let handler = handlers[claim.kind] else {
            return failure(of: claim, reason: "this worker has no handler for jobs of kind \(claim.kind)")
        }
        do {
            return try await handler.run(claim)
        } catch is CancellationError {
            return .released(reason: "the worker stopped")
        } catch let error as PostgresError where error.isInfrastructure {
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
        case .tryAgain(let delay): .retry(reason: reason, after: delay)
        case .giveUp: .discarded(reason: reason, { _ in })
        }
    }

    /// Writes one resolution, again and again while the database is away and the lease may hold.
    private func resolve(
        _ claim: JobClaim, as first: JobResolution, outcomeIsUnknown wasUnknown: Bool, keeper: LeaseKeeper
    ) async -> Tenure.JobEnd {
        var resolution = first
        var isFallback = false
        var outcomeIsUnknown = wasUnknown
        var step = 0
        while !keeper.isLost {
            do {
                if outcomeIsUnknown {
                    switch try await queue.standing(of: claim) {
                    case .ended: return resolution.end
                    case .lost: return .abandoned
                    case .held: outcomeIsUnknown = false
                    }
                }
                try await write(resolution, for: claim)
                tell(resolution, claim)
                return resolution.end
            } catch let error as JobQueueError where error.code == .claimLost {
                logger.notice("\(error)", metadata: claim.metadata())
                return .abandoned
            } catch let error as PostgresError where error.isInfrastructure {
                outcomeIsUnknown = outcomeIsUnknown || error.isCommitOutcomeUnknown
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning("the database is away; the result waits", metadata: claim.metadata(["error": "\(error)"]))
                let delay = RetryPolicy(firstDelay: .milliseconds(100), longestDelay: .seconds(1)).delay(
                    step: step, jitter: .random(in: 0...1))
                try? await Task.sleep(for: delay)
                step += 1
            } catch  where !isFallback {
                // The result itself cannot be written: a fault of ours. The attempt counts, and its evidence stays.
                logger.error("the result cannot be written", metadata: claim.metadata(["error": "\(error)"]))
                resolution = failure(of: claim, reason: "the result cannot be written: \(error)")
                isFallback = true
            } catch {
                logger.critical(
                    "the job cannot be given back; this worker starts anew, so that others rescue it",
                    metadata: claim.metadata(["error": "\(error)"]))
                keeper.forfeit()
                return .abandoned
            }
        }
        return .abandoned
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
            case .retry(let reason, let delay):
                try await queue.putBack(claim, as: .retried, after: delay, reason: reason, in: connection)
            case .crashed(let reason, let delay):
                try await queue.putBack(claim, as: .crashed, after: delay, reason: reason, in: connection)
            case .snoozed(let reason):
                // The attempts that were counted as nothing tell how long this has been going on.
                let delay = RetryPolicy(firstDelay: .seconds(1), longestDelay: .seconds(60)).delay(
                    step: claim.refunds, jitter: .random(in: 0...1))
                try await queue.putBack(claim, as: .snoozed, after: delay, reason: reason, in: connection)
            case .released(let reason):
                try await queue.putBack(claim, as: .released, after: .zero, reason: reason, in: connection)
            }
        }
    }
}

extension JobResolution {
    fileprivate var end: Tenure.JobEnd {
        switch self {
        case .completed, .discarded, .cancelled, .retry, .crashed: .reachedItsEnd
        case .snoozed: .infrastructureAway
        case .released: .abandoned
        }
    }

    /// For counting.
    fileprivate var word: String {
        switch self {
        case .completed: "completed"
        case .discarded: "discarded"
        case .cancelled: "cancelled"
        case .retry: "retried"
        case .crashed: "crashed"
        case .snoozed: "snoozed"
        case .released: "released"
        }
    }

    fileprivate var isCompletion: Bool {
        if case .completed = self { true } else { false }
    }

    /// Only a reason's first line is logged; what stands below it is evidence that may quote a recording, and stays in the
    /// database.
    fileprivate func log(to logger: Logger, _ claim: JobClaim) {
        func line(_ reason: String) -> Logger.MetadataValue { "\(reason.prefix { !$0.isNewline })" }
        switch self {
        case .completed: logger.info("completed", metadata: claim.metadata())
        case .discarded(let reason, _): logger.error("discarded", metadata: claim.metadata(["reason": line(reason)]))
        case .cancelled(let reason): logger.notice("cancelled", metadata: claim.metadata(["reason": line(reason)]))
        case .retry(let reason, let delay):
            logger.warning("to be tried again", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .crashed(let reason, let delay):
            logger.warning("the inspector died", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .snoozed(let reason):
            logger.warning("snoozed: the infrastructure is away", metadata: claim.metadata(["reason": line(reason)]))
        case .released(let reason): logger.notice("given back", metadata: claim.metadata(["reason": line(reason)]))
        }
    }
}

extension JobClaim {
    /// What every line about this claim says.
    fileprivate func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["job": "\(id)", "attempt": "\(attempt)"]) { mine, _ in mine }
    }
}
