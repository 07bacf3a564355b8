import Interviews

/// What `dailies storage verify` has read, and what of it is wrong.
struct VerifiedFiles {
    /// What is wrong with a stored file.
    enum Trouble: Hashable {
        case missing
        /// Its bytes are others than they were.
        case damaged
        /// The storage works and does not give it: a broken sector, an archived object, missing permissions.
        case unreadable(String)
    }

    /// One kind of finding.
    fileprivate struct Kind: Hashable {
        enum Trouble: CaseIterable {
            case missing, damaged, unreadable
        }

        var isRecording: Bool
        var trouble: Trouble
    }

    /// The answers by what is wrong with their files, each once in a kind.
    private var kinds: [Kind: Discrepancies.Found] = [:]
    /// The storage's words about the first file that it does not give.
    private var refusal: String?

    /// Each file counts once, however many rows name it.
    private(set) var files = 0
    private(set) var bytes: Int64 = 0
    /// Files of which no SHA-256 is known. That they are there is known.
    private(set) var unverifiable = Discrepancies.Found()
    /// Files that no row names, a day old or older.
    var others = 0
    /// The last response whose files were all looked at.
    private(set) var last: Int64?

    /// Answers whose artifacts are made again by inspecting the recording, which is right.
    private(set) var toInspect: [Int64] = []
    /// Answers whose renditions are made again.
    private(set) var toRender: [Int64] = []
    /// Answers with something that is not made again by that.
    private(set) var toRestore = 0

    var isRight: Bool { kinds.isEmpty }

    mutating func read(_ count: Int64) {
        files += 1
        bytes += count
    }

    mutating func cannotVerify(_ key: String) { unverifiable.add(key) }

    /// Notes what is wrong with the files of an answer, all of which were looked at.
    mutating func add(answer id: Int64, _ troubles: [(file: Interviews.NamedContent, trouble: Trouble)]) {
        last = id
        var told: Set<Kind> = []
        for (file, trouble) in troubles {
            let kind = Kind(isRecording: file.kind.isRecording, trouble: trouble.kind)
            if case .unreadable(let why) = trouble, refusal == nil { refusal = why }
            if told.insert(kind).inserted { kinds[kind, default: Discrepancies.Found()].add("\(id) (\(file.key))") }
        }
        // A recording that is not what it was would give another review record.
        guard !troubles.contains(where: { $0.file.kind.isRecording }) else { return toRestore += 1 }
        let wrong = Set(troubles.map { $0.file.kind })
        if wrong.contains(.captions) { toRestore += 1 }
        if wrong.contains(.rendition) { toRender.append(id) }
        if !wrong.subtracting([.captions, .rendition]).isEmpty { toInspect.append(id) }
    }

    /// One line for each kind that was found, and the sum.
    func sentences() -> [String] {
        var lines: [String] = []
        for isRecording in [true, false] {
            for trouble in Kind.Trouble.allCases {
                guard let found = kinds[Kind(isRecording: isRecording, trouble: trouble)] else { continue }
                let subject = (found.count == 1 ? "answer's " : "answers' ") + Self.subject(isRecording, trouble, isOne: found.count == 1)
                lines.append("\(found.count) \(subject): \(found.list). \(remedy(isRecording, trouble))")
            }
        }
        if !unverifiable.isEmpty {
            let verb =
                unverifiable.count == 1
                ? "file is there, and its checksum is not known" : "files are there, and their checksums are not known"
            lines.append(
                "\(unverifiable.count) \(verb): \(unverifiable.list). What names a recording may declare its SHA-256; an inspection finds it."
            )
        }
        if others > 0 {
            lines.append("\(others) other \(others == 1 ? "file has" : "files have") no row. `dailies reconcile` lists them.")
        }
        lines.append("Read \(files) files, \(bytes >> 20) MiB: \(isRight ? "all" : "not all") are right.")
        return lines
    }

    private static func subject(_ isRecording: Bool, _ trouble: Kind.Trouble, isOne: Bool) -> String {
        switch (isRecording, trouble) {
        case (true, .missing): isOne ? "recording is not in storage" : "recordings are not in storage"
        case (true, .damaged): isOne ? "recording is damaged" : "recordings are damaged"
        case (true, .unreadable): isOne ? "recording cannot be read" : "recordings cannot be read"
        case (false, .missing): "artifacts are not all in storage"
        case (false, .damaged): "artifacts are damaged"
        case (false, .unreadable): "artifacts cannot all be read"
        }
    }

    private func remedy(_ isRecording: Bool, _ trouble: Kind.Trouble) -> String {
        switch (isRecording, trouble) {
        case (true, .missing): "Restore the files from the backup of the storage, or ask the candidates."
        case (true, .damaged):
            "They cannot be made again: move what is there away, and restore the files from the backup of the storage, or import them again."
        case (_, .unreadable): "The storage says: \(refusal ?? "nothing")"
        case (false, _):
            "--repair has those made again whose recordings are right. Captions, and what is left, come from the backup of the storage."
        }
    }
}

extension VerifiedFiles.Trouble {
    fileprivate var kind: VerifiedFiles.Kind.Trouble {
        switch self {
        case .missing: .missing
        case .damaged: .damaged
        case .unreadable: .unreadable
        }
    }
}
