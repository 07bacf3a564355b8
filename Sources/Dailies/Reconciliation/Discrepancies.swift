import Storage

/// What belongs together and is not: everything that `dailies reconcile` finds.
struct Discrepancies {
    /// How many there are of one kind, and the first few.
    struct Found: Hashable {
        var count = 0
        var first: [String] = []

        mutating func add(_ name: String) {
            count += 1
            if first.count < 5 { first.append(name) }
        }

        var isEmpty: Bool { count == 0 }

        /// The first few, and how many more there are.
        var list: String {
            first.joined(separator: ", ") + (count > first.count ? " and \(count - first.count) more" : "")
        }
    }

    /// Responses without a job, which have to have one.
    var answersWithoutJob: [Int64] = []
    /// The same, of the time before the history begins.
    var forgottenAnswers: [Int64] = []
    var jobsWithoutAnswer: [Int64] = []
    /// Responses whose recording is not in storage.
    var missingRecordings = Found()
    /// Responses of whose review record an artifact is not in storage.
    var missingArtifacts = Found()
    /// Artifacts that no row names, a day old or older.
    var strayArtifacts: [StorageKey] = []
    var strayBytes: Int64 = 0
    /// Other files that no row names: recordings, or what another program keeps there.
    var strangeFiles = Found()
    /// Stored files that a row names.
    var namedFiles = 0

    var isNone: Bool {
        answersWithoutJob.isEmpty && forgottenAnswers.isEmpty && jobsWithoutAnswer.isEmpty && missingRecordings.isEmpty
            && missingArtifacts.isEmpty && strayArtifacts.isEmpty && strangeFiles.isEmpty
    }

    /// More artifacts without a row than with one are a sign of another database's storage, or of another storage.
    var isRightStorageDoubtful: Bool { strayArtifacts.count > namedFiles }

    /// One line for each kind that was found, with what to do about what `--fix` leaves.
    func sentences() -> [String] {
        var lines: [String] = []
        func say(_ found: Found, _ one: String, _ many: String, _ remedy: String) {
            guard !found.isEmpty else { return }
            lines.append("\(found.count) \(found.count == 1 ? one : many): \(found.list). \(remedy)")
        }
        say(
            Found(answersWithoutJob), "answer has no job", "answers have no job",
            "They were inserted with triggers off or by replication; --fix inserts the jobs.")
        say(
            Found(forgottenAnswers), "answer has no job and is older than the history",
            "answers have no job and are older than the history",
            "Somebody may have cancelled or discarded theirs; --fix inserts new ones.")
        say(Found(jobsWithoutAnswer), "job has no answer", "jobs have no answer", "The answers were deleted; --fix cancels the jobs.")
        say(
            missingRecordings, "answer's recording is not in storage", "answers' recordings are not in storage",
            "Restore the files from the backup of the storage, or ask the candidates.")
        say(
            missingArtifacts, "answer's artifacts are not all in storage", "answers' artifacts are not all in storage",
            "Restore the files from the backup of the storage, or have the answers inspected again.")
        say(
            Found(count: strayArtifacts.count, first: strayArtifacts.prefix(5).map(\.string)), "artifact has no row",
            "artifacts have no row",
            "They take \((strayBytes + (1 << 20) - 1) >> 20) MiB; --fix removes them.")
        say(
            strangeFiles, "other file has no row", "other files have no row",
            "They may be recordings that were never submitted, or another program's. They are never removed.")
        return lines
    }
}

extension Discrepancies.Found {
    init(_ ids: [Int64]) { self.init(count: ids.count, first: ids.prefix(5).map(String.init)) }
}
