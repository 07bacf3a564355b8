import Logging
import Postgres

extension JobWorker {
    /// Writes one resolution. Tries again while the database is away, refuses, or another session holds a lock, until the lease is lost or the
    /// task is cancelled; and while it loses against other transactions, for about half a minute: the work is done, and none of this is its
    /// fault. After the first failure the result waits outside of the slots.
    func resolve(_ writing: inout ResultWriting, in session: SessionParts) async -> WorkerSession.JobEnd {
        let claim = writing.claim
        while !session.keeper.isLost, !Task.isCancelled {
            writing.heed(session.held.stopRequest(for: claim.id))
            // While it waits, somebody watches whose lock is in the way. That cannot be seen afterwards.
            let watch = writing.waits ? Task { await lockHolders() } : nil
            defer { watch?.cancel() }
            do {
                if writing.outcomeIsUnknown {
                    switch try await queue.status(of: claim) {
                    case .ended: return writing.resolution.end
                    case .lost: return .abandoned
                    case .held: writing.outcomeIsUnknown = false
                    }
                }
                let resolution = writing.resolution
                if writing.waits {
                    try await session.waiting.inTurn { try await write(resolution, for: claim) }
                } else {
                    try await write(resolution, for: claim)
                }
                if resolution.isCompletion { recent.completed() }
                report(resolution, claim)
                return resolution.end
            } catch let error as JobQueueError where error.code == .claimLost {
                logger.notice("\(error)", metadata: claim.metadata())
                return .abandoned
            } catch let error as PostgresError where error.isCancellation {
                return .abandoned
            } catch let error as PostgresError where error.fault == .installation {
                await wait(&writing, because: error, watch, in: session)
            } catch let error as PostgresError where error.isConflict && writing.conflicts < Self.mostConflicts {
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning(
                    "the result lost against another transaction; will write it again", metadata: claim.metadata(["error": "\(error)"]))
                await Self.pause(step: writing.conflicts)
                writing.conflicts += 1
            } catch let error as PostgresError where error.isConflict && !writing.isFallback {
                writing.resolution = .snoozed(
                    reason: "the result loses against other transactions again and again: \(error)", cause: .away(key: "conflict"))
                writing.isFallback = true
            } catch  where !writing.isFallback {
                // The database refuses the result: a fault of ours. The attempt counts as failed, and the error is kept.
                logger.error("the result cannot be written", metadata: claim.metadata(["error": "\(error)"]))
                writing.resolution = failure(
                    of: claim, reason: "the result cannot be written: \(error)", key: RecentAttempts.key(of: error))
                writing.isFallback = true
            } catch {
                logger.critical(
                    "the job cannot be put back; this worker gives up its lease, so that others rescue the job",
                    metadata: claim.metadata(["error": "\(error)"]))
                session.keeper.giveUpLease()
                return .abandoned
            }
        }
        return .abandoned
    }

    /// Lets a result wait that the installation does not let through, and says why.
    private func wait(
        _ writing: inout ResultWriting, because error: PostgresError, _ watch: Task<[LockHolder], Never>?, in session: SessionParts
    ) async {
        let claim = writing.claim
        writing.outcomeIsUnknown = writing.outcomeIsUnknown || error.isCommitOutcomeUnknown
        observe(.databaseFailed(code: error.sqlState?.rawValue))
        if !error.isLockTimeout {
            logger.warning("the result cannot be written now; will write it again", metadata: claim.metadata(["error": "\(error)"]))
        }
        if !writing.waits {
            if !error.isLockTimeout {
                recent.failed(claim.id, key: RecentAttempts.key(of: error), reason: "\(error)", isInstallations: true)
            }
            writing.waits = true
            session.waiting.add(claim.id)
            session.mailbox.yield([.resultWaits(isRefused: !error.isLockTimeout)])
        } else if error.isLockTimeout {
            let holders = await watch?.value ?? []
            let reason = Self.words(for: holders)
            if session.waiting.explain(claim.id, reason) {
                logger.warning("the result waits for a lock; will write it again", metadata: claim.metadata(["reason": "\(reason)"]))
            }
            // As many as may wait do: this one is put back, so that one lock never stops the whole worker.
            if session.waiting.count > configuration.slots.count * WorkerSession.waitingPerSlot, !writing.isFallback {
                writing.resolution = .snoozed(reason: "the result cannot be written: \(reason)", cause: .blocked)
                writing.isFallback = true
            }
        } else {
            _ = session.waiting.explain(claim.id, "\(error)")
        }
        await Self.pause(step: writing.refusals, longest: .seconds(3))
        writing.refusals += 1
    }

    private static func words(for holders: [LockHolder]) -> String {
        guard !holders.isEmpty else { return "another session holds a lock that it needs. Look for it in pg_stat_activity." }
        return "\(holders.map(\.description).joined(separator: ", and ")) holds a lock that it needs. End that transaction."
    }

    /// Looks, in the middle of the time that a write waits, who holds the lock.
    private func lockHolders() async -> [LockHolder] {
        guard (try? await Task.sleep(for: .milliseconds(400))) != nil else { return [] }
        return (try? await queue.lockHolders()) ?? []
    }

    /// How often a result that loses against other transactions is written again, beside what the pool does by itself.
    private static let mostConflicts = 30

    private static func pause(step: Int, longest: Duration = .seconds(1)) async {
        let delay = RetryPolicy(firstDelay: .milliseconds(100), longestDelay: longest).delay(step: step, jitter: .random(in: 0...1))
        try? await Task.sleep(for: delay)
    }

    private func write(_ resolution: JobResolution, for claim: JobClaim) async throws {
        try await queue.pool.transaction { connection in
            if case .completed(let effects) = resolution {
                try await queue.complete([claim], in: connection)
                return try await effects(connection)
            }
            try await connection.execute(
                PostgresQuery(named: "jobs.lock_limit", "SELECT set_config('lock_timeout', '1s', true)"))
            switch resolution {
            case .completed: break
            case .discarded(let reason, let effects):
                try await queue.end(claim, as: .discarded, reason: reason, in: connection)
                try await effects(connection)
            case .cancelled(let reason):
                try await queue.end(claim, as: .cancelled, reason: reason, in: connection)
            case .retried(let reason, let delay):
                try await queue.putBack(claim, as: .retried, after: delay, reason: reason, in: connection)
            case .crashed(let reason, let delay):
                try await queue.putBack(claim, as: .crashed, after: delay, reason: reason, in: connection)
            case .snoozed(let reason, let cause):
                try await queue.putBack(
                    claim, as: .snoozed, after: cause.delay(refunds: claim.refunds, jitter: .random(in: 0...1)), reason: reason,
                    in: connection)
            case .postponed(let reason, let delay, let effects):
                try await queue.putBack(claim, as: .snoozed, after: delay, reason: reason, in: connection)
                try await effects(connection)
            case .released(let reason):
                try await queue.putBack(claim, as: .released, after: .zero, reason: reason, in: connection)
            }
        }
    }
}

extension SnoozeCause {
    /// How long a job is put off. The number of refunded attempts shows how long the cause has lasted.
    func delay(refunds: Int, jitter: Double) -> Duration {
        let longest: Duration =
            switch self {
            case .away, .blocked: .seconds(60)
            // A recording that needs more memory than the machine has takes a slot from all others each time that it is tried.
            case .shortage: .seconds(600)
            }
        return RetryPolicy(firstDelay: .seconds(1), longestDelay: longest).delay(step: refunds, jitter: jitter)
    }
}
