import Glibc
import Health
import Inspectors
import Postgres
import Storage
import SystemPackage

/// The checks of what every job needs. They run once a second, and before the first claim.
struct WorkerChecks: Sendable {
    let pool: PostgresPool
    let contact: DatabaseReachability
    let storage: any RecordingStorage
    let ownership: StorageOwnership
    /// The folders in which work uses space.
    let folder: FilePath
    let minFreeMiB: Int
    let inspectors: InspectorPool

    var all: [HealthCheck] {
        [
            HealthCheck("database", problem: databaseProblem), HealthCheck("storage", problem: storageProblem),
            HealthCheck("space", problem: spaceProblem), HealthCheck("inspector", problem: inspectorProblem),
        ]
    }

    private func databaseProblem() async -> String? {
        if contact.isFresh { return nil }
        let problem = await askDatabase()
        contact.asked(found: problem)
        return problem
    }

    private func askDatabase() async -> String? {
        do {
            let isReadOnly: Bool = try await pool.query(
                PostgresQuery(
                    named: "health.database",
                    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS read_only")
            ).one().decode("read_only")
            guard isReadOnly else { return nil }
            return """
                The database is read-only: a standby, or switched so. Promote it, or connect to the primary; the work goes on by itself.
                """
        } catch {
            return "The database does not answer: \(error)"
        }
    }

    private func storageProblem() async -> String? {
        do {
            if let obstacle = try await ownership.obstacle(makes: true) { return obstacle }
            try await storage.checkPresence()
            return nil
        } catch let error as PostgresError {
            return "Whether this is the right storage cannot be told without the database: \(error)"
        } catch {
            return "\(error)"
        }
    }

    private func spaceProblem() async -> String? {
        guard let free = FreeSpace.bytes(in: folder) else { return nil }
        guard free >> 20 < Int64(minFreeMiB) else { return nil }
        return """
            Only \(free >> 20) MiB are free in \(folder), and min-free-mib is \(minFreeMiB). Make room there; the work goes on by itself.
            """
    }

    private func inspectorProblem() async -> String? {
        do {
            _ = try await inspectors.sandboxSupport()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// The free space of a file system.
enum FreeSpace {
    /// The free space for this user in a folder's file system; `nil` when the system does not say. Then the storage reports what is wrong.
    static func bytes(in folder: FilePath) -> Int64? {
        var status = statvfs()
        guard statvfs(folder.string, &status) == 0 else { return nil }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }
}
