import Postgres
import Storage

/// Whether the storage is the one that the database belongs to.
extension Examination {
    func ownership() async -> [Finding] {
        do {
            let obstacle = try await application.withPool(limit: 1) { pool in
                try await application.withStorage { storage in
                    try await StorageOwnership(pool, storage, at: settings.storage.value).obstacle(makes: false)
                }
            }
            return [obstacle.map { .problem("storage", $0) } ?? .fine("storage", "it is not another database's")]
        } catch let error as StorageError {
            return [.problem("storage", "\(error)")]
        } catch {
            // The database's own checks say what is wrong.
            return []
        }
    }
}
