import Interviews
import JobQueue
import Storage

/// Compares rows with jobs and with files, and mends what can be mended.
struct Reconciliation {
    let interviews: Interviews
    let queue: JobQueue
    let storage: any RecordingStorage

    /// The most of one kind that is found and mended at once.
    private static let most = 10_000

    /// Looks at all rows and all files.
    /// - Throws: `Failure` when the storage holds none of the files that rows name: then it is not the one that they are in.
    func look() async throws -> Discrepancies {
        var found = Discrepancies()
        for answer in try await interviews.answersWithoutJob(after: nil, limit: Self.most) {
            if answer.isCertain {
                found.answersWithoutJob.append(answer.responseID)
            } else {
                found.forgottenAnswers.append(answer.responseID)
            }
        }
        found.jobsWithoutAnswer = try await interviews.jobsWithoutAnswer(limit: Self.most)

        try await storage.checkPresence()
        var ledger = FileLedger()
        try await forEachNamedFile { ledger.name($0.key, isNeeded: $0.kind != .optional) }
        try await storage.list { files in
            for file in files where ledger.meet(file.key.string) == .unnamed {
                if !file.key.isArtifact {
                    // A younger one may be a recording whose row is about to be inserted.
                    if file.age > ListedFile.ageOfStrays { found.strangeFiles.add(file.key.string) }
                } else if file.age > ListedFile.ageOfStrays {
                    found.strayArtifacts.append(file.key)
                    found.strayBytes += file.bytes
                }
            }
        }
        found.namedFiles = ledger.met
        try ledger.requireRightStorage()
        if ledger.isAnyMissing { try await countMissing(of: ledger, into: &found) }
        return found
    }

    /// Each missing file is looked for once more by its key, because it may have come since the files were listed.
    private func countMissing(of ledger: FileLedger, into found: inout Discrepancies) async throws {
        var latest: Int64?
        try await forEachNamedFile { file in
            guard file.kind != .optional, ledger.isMissing(file.key) else { return }
            if let key = try? StorageKey(file.key), try await storage.contains(key) { return }
            switch file.kind {
            case .recording: found.missingRecordings.add("\(file.responseID)")
            case .artifact where latest != file.responseID:
                found.missingArtifacts.add("\(file.responseID)")
                latest = file.responseID
            case .artifact, .optional: break
            }
        }
    }

    private func forEachNamedFile(_ body: (Interviews.NamedFile) async throws -> Void) async throws {
        var last: Int64?
        while let page = try await interviews.namedFiles(after: last) {
            for file in page.files.sorted(by: { $0.responseID < $1.responseID }) { try await body(file) }
            last = page.last
        }
    }

    /// What mending has done.
    struct Mended {
        var jobsGiven: [Int64] = []
        var jobsCancelled: [Int64] = []
        var artifactsRemoved = 0
    }

    /// Gives jobs, cancels jobs, removes artifacts. Recordings and strange files stay as they are.
    func mend(_ found: Discrepancies) async throws -> Mended {
        var mended = Mended()
        mended.jobsGiven = try await interviews.giveJobs(to: Array((found.answersWithoutJob + found.forgottenAnswers).prefix(Self.most)))
        if !found.jobsWithoutAnswer.isEmpty {
            let reason = "its answer was deleted; cancelled by `dailies reconcile`"
            mended.jobsCancelled = try await queue.stop(found.jobsWithoutAnswer, as: .cancelled, reason: reason)
                .filter { $0.became != .unknown }.map(\.id)
        }
        if !found.isRightStorageDoubtful {
            for key in found.strayArtifacts where try await storage.removeArtifact(key) { mended.artifactsRemoved += 1 }
        }
        return mended
    }
}
