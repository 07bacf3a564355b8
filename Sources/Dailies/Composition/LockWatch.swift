import JobQueue
import Postgres
import Synchronization

/// Sees who holds the lock for which a command waits, so that the command can say it. Afterwards nobody can see that any more.
struct LockWatch: Sendable {
    /// How long a statement waits for another session's lock. Workers keep theirs for a second at most.
    static let limit = Duration.seconds(5)
    private static let interval = Duration.seconds(2)

    private final class Seen: Sendable {
        private let holders = Mutex<[LockHolder]>([])

        var words: String? {
            let texts = holders.withLock { $0 }.map(\.description)
            return texts.isEmpty ? nil : texts.joined(separator: ", and ")
        }

        func note(_ found: [LockHolder]) {
            if !found.isEmpty { holders.withLock { $0 = found } }
        }
    }

    let database: PostgresConfiguration

    /// Runs `body`, which waits for locks no longer than ``limit``.
    /// - Throws: `Failure` with the holder's name, when `body` fails because of a lock.
    func during<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        let seen = Seen()
        let watching = Task {
            let pool = PostgresPool(database, limit: 1)
            while (try? await Task.sleep(for: Self.interval)) != nil {
                seen.note((try? await JobQueue(pool: pool).lockHolders()) ?? [])
            }
            await pool.close()
        }
        defer { watching.cancel() }
        do {
            return try await body()
        } catch let error as PostgresError where error.isLockTimeout {
            throw Failure("\(error)" + (seen.words.map { " It is \($0). End that transaction, or try again later." } ?? ""), .temporary)
        }
    }
}
