import Logging
import Postgres

extension JobWorker {
    /// Runs one claim's handler and brings what became of it into the database.
    func work(on claim: JobClaim, keeper: LeaseKeeper, claims: RunningClaims) async -> Tenure.JobEnd {
        var logger = logger
        logger[metadataKey: "job"] = "\(claim.id)"
        logger[metadataKey: "attempt"] = "\(claim.attempt)"
        let (found, stop) = await claims.run(claim.id) { [logger] in await outcome(of: claim, logger: logger) }
        let resolution = stop?.overruling(found) ?? found
        // In a task of its own, because this one may be cancelled, and a result that is there shall not be lost for that. It
        // ends with the lease at the latest.
        let (resolving, log) = (resolution, logger)
        let end = await Task { await resolve(claim, as: resolving, keeper: keeper, logger: log) }.value
        // What a person stopped says nothing about the infrastructure.
        return stop == nil ? end : .abandoned
    }

    private func outcome(of claim: JobClaim, logger: Logger) async -> JobResolution {
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
            logger.error("the attempt failed", metadata: ["error": "\(error)"])
            return failure(of: claim, reason: "\(error)")
        }
    }

    private func failure(of claim: JobClaim, reason: String) -> JobResolution {
        switch configuration.retryPolicy.afterFailure(of: claim, jitter: .random(in: 0...1)) {
        case .tryAgain(let delay): .retry(reason: reason, after: delay)
        case .giveUp: .discarded(reason: reason, { _ in })
        }
    }

    /// Writes a resolution, again and again while the database is away and the lease may hold.
    private func resolve(_ claim: JobClaim, as first: JobResolution, keeper: LeaseKeeper, logger: Logger) async -> Tenure.JobEnd {
        var resolution = first
        var isFallback = false
        var outcomeIsUnknown = false
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
                resolution.log(to: logger)
                return resolution.end
            } catch let error as JobQueueError where error.code == .claimLost {
                logger.notice("\(error)")
                return .abandoned
            } catch let error as PostgresError where error.isInfrastructure {
                outcomeIsUnknown = outcomeIsUnknown || error.isCommitOutcomeUnknown
                logger.warning("the database is away; the result waits", metadata: ["error": "\(error)"])
                let delay = RetryPolicy(firstDelay: .milliseconds(100), longestDelay: .seconds(1)).delay(
                    step: step, jitter: .random(in: 0...1))
                try? await Task.sleep(for: delay)
                step += 1
            } catch  where !isFallback {
                // The result itself cannot be written: a fault of ours. The attempt counts, and its evidence stays.
                logger.error("the result cannot be written", metadata: ["error": "\(error)"])
                resolution = failure(of: claim, reason: "the result cannot be written: \(error)")
                isFallback = true
            } catch {
                logger.critical(
                    "the job cannot be given back; this worker starts anew, so that others rescue it", metadata: ["error": "\(error)"])
                keeper.forfeit()
                return .abandoned
            }
        }
        return .abandoned
    }

    /// One transaction: the fence first, then the effects.
    private func write(_ resolution: JobResolution, for claim: JobClaim) async throws {
        try await queue.pool.transaction { connection in
            switch resolution {
            case .completed(let effects):
                try await queue.end(claim, as: .completed, in: connection)
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
                // Counted as nothing, so the attempts that were counted as nothing tell how long this has been going on.
                let refunded = claim.attempt - 1 - claim.failures - claim.crashes
                let delay = RetryPolicy(firstDelay: .seconds(1), longestDelay: .seconds(60)).delay(
                    step: refunded, jitter: .random(in: 0...1))
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

    /// Only a reason's first line is logged; what stands below it is evidence that may quote a recording, and stays in the
    /// database.
    fileprivate func log(to logger: Logger) {
        func line(_ reason: String) -> Logger.MetadataValue { "\(reason.prefix { !$0.isNewline })" }
        switch self {
        case .completed: logger.info("completed")
        case .discarded(let reason, _): logger.error("discarded", metadata: ["reason": line(reason)])
        case .cancelled(let reason): logger.notice("cancelled", metadata: ["reason": line(reason)])
        case .retry(let reason, let delay): logger.warning("to be tried again", metadata: ["after": "\(delay)", "reason": line(reason)])
        case .crashed(let reason, let delay): logger.warning("the inspector died", metadata: ["after": "\(delay)", "reason": line(reason)])
        case .snoozed(let reason): logger.warning("snoozed: the infrastructure is away", metadata: ["reason": line(reason)])
        case .released(let reason): logger.notice("given back", metadata: ["reason": line(reason)])
        }
    }
}
