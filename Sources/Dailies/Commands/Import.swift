import ArgumentParser
import FoundationEssentials
import Interviews
import Recordings
import Storage
import SystemPackage

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring recordings in as candidates' answers.",
        discussion: """
            The manifest is a CSV file with the columns role, question, candidate_name, candidate_email and file. A question is named \
            by its key or its number; files are found beside the manifest, or by absolute path:

              role,question,candidate_name,candidate_email,file
              deep-learning-engineer,1,Ada Example,ada@example.org,recordings/ada-1.webm

            Each recording is copied into storage, flushed to disk, and only then handed in; its job is in the queue when the command \
            ends. Rows that cannot be used are reported by line number, and the good ones still go in. Importing the same manifest \
            again changes nothing.
            """)

    @Argument(help: "The CSV file.")
    var manifest: String

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        guard let bytes = StopSignals.shared.waitingForInput({ FileManager.default.contents(atPath: manifest) }),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            throw Failure("\(manifest) cannot be read as UTF-8 text. Does it exist, and may you read it?", .noInput)
        }
        let folder = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(manifest)).removingLastComponent()
        let contents = try Manifest(text: text, name: manifest, folder: folder)
        let settings = try await options.settings()
        let application = Application(settings: settings)
        let problems = try await application.withPool { pool in
            try await application.withStorage { storage in
                try await StorageOwnership(pool, storage, at: settings.storage.value).require()
                return try await Self.bringIn(contents, into: storage, interviews: Interviews(pool: pool))
            }
        }
        for problem in problems.sorted(by: { $0.line < $1.line }) {
            Terminal.err("\(manifest), line \(problem.line): \(problem.message)\n")
        }
        let good = contents.rows.count + contents.problems.count - problems.count
        Terminal.out(
            "\(good) of \(contents.rows.count + contents.problems.count) answers are in. `dailies up` or a running worker makes them reviewable.\n"
        )
        if !problems.isEmpty { throw ExitCode.data }
    }

    /// - Returns: the rows that were not imported, including those that could not be read.
    /// - Throws: `CancellationError`, after it has said how far it came.
    private static func bringIn(
        _ manifest: Manifest, into storage: any RecordingStorage, interviews: Interviews
    ) async throws -> [Manifest.Problem] {
        var problems = manifest.problems
        var bar = ProgressBar(label: "importing")
        for (index, row) in manifest.rows.enumerated() {
            bar.show(index, of: manifest.rows.count, note: row.file.lastComponent?.string ?? "")
            do {
                try Task.checkCancellation()
                try await bringIn(row, into: storage, interviews: interviews)
            } catch {
                guard !Task.isCancelled else {
                    bar.finish()
                    Terminal.err(
                        "Stopped after \(index) of \(manifest.rows.count) rows. Import the manifest again, and the others come in.\n")
                    throw CancellationError()
                }
                problems.append(Manifest.Problem(line: row.line, message: Failure(error)?.message ?? "\(error)"))
            }
        }
        bar.show(manifest.rows.count, of: manifest.rows.count)
        bar.finish()
        return problems
    }

    private static func bringIn(_ row: Manifest.Row, into storage: any RecordingStorage, interviews: Interviews) async throws {
        let stored = try await storage.storeRecording(from: row.file)
        _ = try await interviews.submit(
            Submission(
                role: row.role, question: row.question, candidateName: row.candidateName, candidateEmail: row.candidateEmail,
                recordingKey: stored.key.string, declaredType: row.file.extension.flatMap(MediaType.claimed(byExtension:)),
                declaredBytes: stored.bytes,
                declaredSHA256: stored.sha256, bulk: true))
    }
}
