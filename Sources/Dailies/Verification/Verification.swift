import Interviews
import Storage

/// Reads what the database names in storage, and compares it with what is known of it.
struct Verification {
    private let interviews: Interviews
    private let storage: any RecordingStorage
    private let pace: ReadingPace?
    private let first: Int64?

    /// What was found so far, also when ``run(progress:)`` throws.
    private(set) var found = VerifiedFiles()
    /// The files that were looked at, as hashes of 8 bytes, because many rows may name one file.
    private var seen: Set<Int> = []
    /// What is wrong with those of them that are not right.
    private var wrong: [Int: VerifiedFiles.Trouble] = [:]
    /// The bytes of all files that a row names.
    private var total: Int64 = 0

    /// - Parameters:
    ///   - first: only the files of responses with a higher id are read; `nil` for all.
    ///   - pace: how fast.
    init(_ interviews: Interviews, _ storage: any RecordingStorage, after first: Int64?, pace: ReadingPace?) {
        self.interviews = interviews
        self.storage = storage
        self.first = first
        self.pace = pace
    }

    /// Counts all files first, which is quick, and then reads those that rows name, answer by answer.
    /// - Parameter progress: called with how many bytes were read, and of how many.
    /// - Throws: `Failure` when the storage holds none of the files; the storage's error when it is away; `CancellationError`.
    mutating func run(progress: (_ bytes: Int64, _ total: Int64) -> Void) async throws {
        try await countFiles()
        var last = first
        while let page = try await interviews.namedContents(after: last) {
            var files = page.files[...]
            while let answer = files.first?.responseID {
                let own = files.prefix { $0.responseID == answer }
                files = files.dropFirst(own.count)
                var troubles: [(file: Interviews.NamedContent, trouble: VerifiedFiles.Trouble)] = []
                for file in own {
                    try Task.checkCancellation()
                    if let trouble = try await look(at: file) { troubles.append((file, trouble)) }
                    progress(found.bytes, total)
                }
                found.add(answer: answer, troubles)
            }
            last = page.last
        }
    }

    private mutating func countFiles() async throws {
        try await storage.checkPresence()
        var ledger = FileLedger()
        var last: Int64?
        while let page = try await interviews.namedFiles(after: last) {
            for file in page.files { ledger.name(file.key, isNeeded: file.kind != .optional) }
            last = page.last
        }
        var (others, total) = (0, Int64(0))
        try await storage.list { files in
            for file in files {
                if ledger.meet(file.key.string) == .named {
                    total += file.bytes
                } else if file.age > ListedFile.ageOfStrays {
                    others += 1
                }
            }
        }
        try ledger.requireRightStorage()
        found.others = others
        self.total = total
    }

    /// - Returns: what is wrong with the file.
    private mutating func look(at file: Interviews.NamedContent) async throws -> VerifiedFiles.Trouble? {
        guard let key = try? StorageKey(file.key) else { return .missing }
        let expected = key.digest ?? file.sha256
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(expected)
        let mark = hasher.finalize()
        var trouble = wrong[mark]
        if seen.insert(mark).inserted {
            trouble = try await read(key, expected)
            wrong[mark] = trouble
        }
        // It may not be whole yet; the worker that inspects it waits for that.
        if file.kind == .arriving, trouble == .missing || trouble == .damaged { return nil }
        return trouble
    }

    /// - Parameter expected: the SHA-256 that the file must have; `nil` when it is not known.
    private mutating func read(_ key: StorageKey, _ expected: String?) async throws -> VerifiedFiles.Trouble? {
        do {
            guard let expected else {
                guard try await storage.contains(key) else { return .missing }
                found.cannotVerify(key.string)
                return nil
            }
            let pace = pace
            let content = try await storage.digest(of: key) { bytes in
                if let pace { try await pace.pass(bytes) }
            }
            found.read(content.bytes)
            return content.sha256 == expected ? nil : .damaged
        } catch let error as StorageError {
            try Task.checkCancellation()
            guard error.fault == .infrastructure else { return .missing }
            // Either the storage is away, or it does not give this one file.
            try await storage.checkPresence()
            return .unreadable("\(error)")
        }
    }
}
