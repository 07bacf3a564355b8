import Postgres
import Synchronization

/// The attempts of the last minute, of all sessions of one worker.
final class RecentAttempts: Sendable {
    private let tally = Mutex(AttemptTally())

    func completed(_ count: Int = 1) { tally.withLock { $0.completed(count, now: .now) } }

    func claimed() { tally.withLock { $0.claimed() } }

    /// Notes an error that ended an attempt, or a claim (`nil`).
    /// - Returns: whether most attempts end so. Then the attempt counts against nothing.
    @discardableResult
    func failed(_ job: Int64?, key: String, reason: String, isInstallations: Bool) -> Bool {
        let failure = AttemptTally.Failure(
            job: job, key: key, reason: String(reason.prefix { !$0.isNewline }), isInstallations: isInstallations)
        return tally.withLock { tally in
            tally.failed(failure, now: .now)
            return tally.isCommon(key, now: .now)
        }
    }

    /// What most attempts end with, in words for people; `nil` if they do not end alike.
    var sentence: String? { tally.withLock { $0.sentence(now: .now) } }

    /// The same for errors with the same remedy.
    static func key(of error: any Error) -> String {
        guard let error = error as? PostgresError else { return "\(type(of: error))" }
        return error.sqlState?.rawValue ?? (error.fault == .installation ? "database" : "PostgresError")
    }
}
