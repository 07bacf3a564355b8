import JobQueue
import Storage

extension JobResolution {
    /// Puts a job off whose recording is damaged. A person has to restore it, so it is looked for every ten minutes; each time is counted among
    /// the storage's errors. It is no attempt, and says nothing about the storage's other files.
    static func untilRestored(_ error: StorageError) -> JobResolution {
        .postponed(reason: error.message, after: .seconds(600)) { _ in }
    }
}
