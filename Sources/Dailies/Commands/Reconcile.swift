import ArgumentParser
import Interviews
import JobQueue

struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find answers without a job, jobs without an answer, rows without files and files without rows.",
        discussion: """
            Reads all rows and lists all files in storage, while everything goes on. It changes nothing without --fix.

            --fix inserts the missing jobs, cancels the jobs whose answer was deleted, and removes artifacts that no row has named for a \
            day. A candidate's recording is never removed, whether a row names it or not. Files that are gone come from a backup.

            Workers insert missing jobs by themselves, once a minute. `dailies doctor` counts what can be counted quickly.

            Exit code 0 when nothing was found or everything was mended, 65 otherwise.
            """)

    @Flag(help: "Mend what can be mended.")
    var fix = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await options.settings())
        let fix = fix
        let isWhole = try await application.withPool { pool in
            try await application.withStorage { storage in
                let reconciliation = Reconciliation(interviews: Interviews(pool: pool), queue: JobQueue(pool: pool), storage: storage)
                let found = try await reconciliation.look()
                Terminal.out(found.isNone ? "Everything belongs together.\n" : found.sentences().map { "\($0)\n" }.joined())
                guard fix, !found.isNone else { return found.isNone }
                let mended = try await reconciliation.mend(found)
                Terminal.out(Self.sentence(mended))
                if found.isRightStorageDoubtful, !found.strayArtifacts.isEmpty {
                    Terminal.out(
                        "No artifact was removed: more of them have no row than have one. Is this the storage of this database?\n")
                }
                return found.isMended(by: mended)
            }
        }
        if !isWhole { throw ExitCode.data }
    }

    private static func sentence(_ mended: Reconciliation.Mended) -> String {
        """
        Inserted \(mended.jobsGiven.count) jobs, cancelled \(mended.jobsCancelled.count), removed \(mended.artifactsRemoved) artifacts.

        """
    }
}

extension Discrepancies {
    /// Whether nothing is left to do.
    fileprivate func isMended(by mended: Reconciliation.Mended) -> Bool {
        mended.jobsGiven.count == answersWithoutJob.count + forgottenAnswers.count && mended.jobsCancelled.count == jobsWithoutAnswer.count
            && mended.artifactsRemoved == strayArtifacts.count && missingRecordings.isEmpty && missingArtifacts.isEmpty
            && strangeFiles.isEmpty
    }
}
