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

    /// Writes resolutions to the database until no more come, the lease is lost, or the task is cancelled.
    ///
    /// No transaction waits for another session's lock for more than a second. So one result that is blocked holds up the others of its batch
    /// for a second, and then waits alone.
    func write(_ resolved: ResolvedJobs, in session: SessionParts) async {
        await withDiscardingTaskGroup { others in
            func writeAlone(_ one: ResolvedJobs.Element, outcomeIsUnknown: Bool = false) {
                others.addTask {
                    var writing = ResultWriting(claim: one.claim, resolution: one.resolution, outcomeIsUnknown: outcomeIsUnknown)
                    var end = await resolve(&writing, in: session)
                    session.held.remove(CollectionOfOne(one.claim), isSettled: end != .abandoned)
                    // A job that a person stopped says nothing about the infrastructure.
                    if writing.isStopped { end = .abandoned }
                    session.waiting.remove(one.claim.id)
                    session.mailbox.yield([writing.waits ? .waitingResultEnded(end) : .jobEnded(end)])
                }
            }
            await resolved.forEachBatch(most: Self.largestBatch) { batch in
                var completed: [ResolvedJobs.Element] = []
                for one in batch {
                    if !session.held.isHeld(one.claim) {
                        // The job was claimed again: the result of its later claim is written, this one never.
                        session.held.remove(CollectionOfOne(one.claim), isSettled: false)
                        session.mailbox.yield([.jobEnded(.abandoned)])
                    } else if one.resolution.isCompletion {
                        completed.append(one)
                    } else {
                        writeAlone(one)
                    }
                }
                guard !completed.isEmpty else { return }
                // While a lock is in the way, the next result is likely to meet it too, and would hold up the batch.
                guard session.waiting.count == 0 || completed.count > Self.largestBatch / 10 else {
                    for one in completed { writeAlone(one) }
                    return
                }
                do {
                    if session.keeper.isLost { throw JobQueueError.leaseLost }
                    try await complete(completed)
                    session.held.remove(completed.lazy.map(\.claim), isSettled: true)
                    session.mailbox.yield(completed.map { _ in .jobEnded(.resolved) })
                    recent.completed(completed.count)
                    for one in completed { report(one.resolution, one.claim) }
                } catch {
                    // After any error each result gets its own transaction, so that one that cannot be written does not stop the others.
                    let isUnknown = (error as? PostgresError)?.isCommitOutcomeUnknown ?? false
                    for one in completed { writeAlone(one, outcomeIsUnknown: isUnknown) }
                }
            }
        }
    }

    /// Completes all of them in one transaction: first the fence, then the effects, in the order that the queue says.
    private func complete(_ jobs: [ResolvedJobs.Element]) async throws {
        let resolutions = Dictionary(uniqueKeysWithValues: jobs.map { ($0.claim.id, $0.resolution) })
        try await queue.pool.transaction { connection in
            for id in try await queue.complete(jobs.map(\.claim), in: connection) {
                if case .completed(let effects) = resolutions[id] { try await effects(connection) }
            }
        }
    }

    /// Logs and reports a result that is in the database.
    func report(_ resolution: JobResolution, _ claim: JobClaim) {
        resolution.log(to: logger, claim)
        observe(.ended(claim, outcome: resolution.outcome, spent: ContinuousClock.now - claim.received))
    }

    private func outcome(of claim: JobClaim) async -> JobResolution {
        guard let handler = handlers[claim.kind] else {
            return failure(of: claim, reason: "this worker has no handler for jobs of kind \(claim.kind)", key: "no handler")
        }
        do {
            let resolution = try await handler.run(claim)
            if case .snoozed(let reason, .away(let key)) = resolution {
                recent.failed(claim.id, key: key, reason: reason, isInstallations: true)
            }
            return resolution
        } catch is CancellationError {
            return .released(reason: "the worker stopped")
        } catch let error as PostgresError {
            let key = RecentAttempts.key(of: error)
            switch error.fault {
            case .installation:
                recent.failed(claim.id, key: key, reason: "\(error)", isInstallations: true)
                return .snoozed(reason: "\(error)", cause: .away(key: key))
            case .conflict: return .snoozed(reason: "\(error)", cause: .away(key: key))
            case nil: return .released(reason: "the worker stopped")
            case .ours, .data: return failure(of: claim, error, key: key)
            }
        } catch {
            return failure(of: claim, error, key: RecentAttempts.key(of: error))
        }
    }

    private func failure(of claim: JobClaim, _ error: any Error, key: String) -> JobResolution {
        logger.error("the attempt failed", metadata: claim.metadata(["error": "\(error)"]))
        return failure(of: claim, reason: "\(error)", key: key)
    }

    /// The resolution of an attempt that failed because of what looks like a fault of ours. If most attempts fail with the same error, it is no
    /// fault of this job, and counts against nothing.
    func failure(of claim: JobClaim, reason: String, key: String) -> JobResolution {
        if recent.failed(claim.id, key: key, reason: reason, isInstallations: false) {
            return .snoozed(reason: reason, cause: .away(key: key))
        }
        return switch configuration.retryPolicy.afterFailure(of: claim, jitter: .random(in: 0...1)) {
        case .retry(let delay): .retried(reason: reason, after: delay)
        case .discard: .discarded(reason: reason, { _ in })
        }
    }
}

extension JobResolution {
    var end: WorkerSession.JobEnd {
        switch self {
        case .completed, .discarded, .cancelled, .retried, .crashed: .resolved
        case .snoozed(_, .away): .infrastructureAway
        case .snoozed(_, .shortage): .shortage
        case .snoozed(_, .blocked), .postponed, .released: .abandoned
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

    var isCompletion: Bool {
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
        case .snoozed(let reason, .away):
            logger.warning("snoozed: the infrastructure is away", metadata: claim.metadata(["reason": line(reason)]))
        case .snoozed(let reason, .shortage):
            logger.warning("snoozed: the machine killed the inspector", metadata: claim.metadata(["reason": line(reason)]))
        case .snoozed(let reason, .blocked):
            logger.warning("snoozed: another session holds a lock", metadata: claim.metadata(["reason": line(reason)]))
        case .postponed(let reason, let delay, _):
            logger.notice("postponed", metadata: claim.metadata(["after": "\(delay)", "reason": line(reason)]))
        case .released(let reason): logger.notice("released", metadata: claim.metadata(["reason": line(reason)]))
        }
    }
}

extension JobClaim {
    /// The metadata of every log line about this claim.
    func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["job": "\(id)", "attempt": "\(attempt)"]) { mine, _ in mine }
    }
}
