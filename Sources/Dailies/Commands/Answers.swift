import ArgumentParser
import FoundationEssentials
import Interviews
import Recordings
import SystemPackage

struct Answers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the answers with what Dailies found out about them.",
        discussion: """
            The table is for people; --json gives programs every field, one object a line.

            Posters are stored under names made of their checksums. With --posters each one is also linked into a folder, or copied \
            there out of a bucket, by the number that the table shows, to look through them there.
            """)

    @Option(help: ArgumentHelp("How many, the newest.", valueName: "number"))
    var limit = 100

    @ArgumentParser.Flag(help: "Print one JSON object a line for programs.")
    var json = false

    @Option(help: ArgumentHelp("Put the posters into this folder, and show where each one is.", valueName: "folder"))
    var posters: String?

    @OptionGroup var options: SettingsOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000.") }
    }

    func run() async throws {
        let settings = try await options.settings()
        let application = Application(settings: settings)
        let answers = try await application.withInterviews { interviews in try await interviews.answers(limit: limit) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            for answer in answers { Terminal.out(String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n") }
        } else if answers.isEmpty {
            Terminal.out("There are no answers yet. `dailies import MANIFEST.csv` brings some in.\n")
        } else {
            let gallery = try posters.map { try PosterGallery(FilePath($0)) }
            let names = try await gallery?.show(answers, application)
            Terminal.out(Self.table(answers, posters: names).rendered(width: Terminal.resultWidth))
            Terminal.out("\n" + Self.summary(answers) + "\n")
            if let gallery { Terminal.out("The posters are in \(gallery.displayName).\n") }
        }
    }

    /// - Parameter posters: the names of the poster files by the response's id; `nil` for a table without posters.
    static func table(_ answers: [Answer], posters: [Int64: String]? = nil) -> Table {
        var table = Table(header: ["candidate", "question", "length", "what to know"] + (posters == nil ? [] : ["poster"]))
        for answer in answers {
            table.add(
                [
                    answer.candidateName + (answer.take > 1 ? " (take \(answer.take))" : ""),
                    (answer.questionNumber.map { "\($0) " } ?? "") + answer.question,
                    answer.durationMs.map { Duration.clock(ms: $0) } ?? "–",
                    remark(answer),
                ] + (posters.map { [$0[answer.responseID] ?? "–"] } ?? []))
        }
        return table
    }

    private static func remark(_ answer: Answer) -> String {
        switch answer.status {
        case .processing: "still processing"
        case .awaitingFile: "waiting for its file"
        case .unusable: answer.reason ?? "unusable"
        case .reviewable:
            answer.flags.isEmpty && answer.rendition ?? .made == .made
                ? "fine" : (answer.flags.map(\.sentence) + [playing(answer)].compactMap { $0 }).joined(separator: " ")
        }
    }

    /// The status of the rendition, if the recording needs one.
    private static func playing(_ answer: Answer) -> String? {
        switch answer.rendition {
        case .waiting: "The copy that browsers play is being made."
        case .impossible: "Browsers cannot play it."
        case .made, nil: nil
        }
    }

    static func summary(_ answers: [Answer]) -> String {
        func count(_ status: Answer.Status) -> Int { answers.count { $0.status == status } }
        let ready = answers.filter { $0.status == .reviewable }
        let length = ready.compactMap(\.durationMs).reduce(0, +)
        let noted = ready.count { !$0.flags.isEmpty }
        var parts = ["\(count(.reviewable)) reviewable (\(Duration.clock(ms: length)) of video, \(noted) with a remark)"]
        if count(.unusable) > 0 { parts.append("\(count(.unusable)) unusable") }
        if count(.awaitingFile) > 0 { parts.append("\(count(.awaitingFile)) waiting for the file") }
        if count(.processing) > 0 { parts.append("\(count(.processing)) still processing") }
        return "\(answers.count) \(answers.count == 1 ? "answer" : "answers"): " + parts.joined(separator: ", ") + "."
    }
}
