import ArgumentParser
import ForeignText
import FoundationEssentials
import Interviews
import Postgres
import Recordings

struct Reinspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have recordings looked into again, and their verdicts replaced.",
        discussion: """
            For a verdict that may be wrong, such as "missing" of a file that came late, and after an upgrade that finds more. The former \
            review record stays in effect until the new one is there, and in the history after that. Ratings and comments stay with the \
            answer. When the file is gone, or the inspector dies, the former record stays for good.

            Name answers by the number that `dailies answers --json` shows, or select them by their review records; several conditions must \
            all hold. --dry-run says how many there are. To have these looked into, repeat that number with --count:

              dailies reinspect --reason missing --since 2026-11-01 --dry-run
              dailies reinspect --reason missing --since 2026-11-01 --count 20

            An answer that waits for its file is looked for at once. One that is being looked into again already is left alone.

            Exit code 0 when every named answer is looked into again, 65 otherwise.
            """)

    @Argument(help: "The answers' numbers.")
    var ids: [Int64] = []

    @Option(help: ArgumentHelp("Unusable ones with this reason, such as missing or timed_out.", valueName: "code"))
    var reason: String?

    @Option(help: ArgumentHelp("Those with this flag, such as mic_muted.", valueName: "name"))
    var flag: String?

    @Option(help: ArgumentHelp("Those of this role.", valueName: "slug"))
    var role: String?

    @Option(help: ArgumentHelp("Those judged from this time on, as 2026-11-29 or 2026-11-29T10:00:00Z.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Those judged before this time.", valueName: "time"))
    var until: String?

    @ArgumentParser.Flag(help: "Say how many match, and change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("How many match, as --dry-run said. With another number nothing is done.", valueName: "number"))
    var count: Int?

    @Option(help: ArgumentHelp("Kept with the former records: why they are made anew.", valueName: "text"))
    var note: String?

    @OptionGroup var options: SettingsOptions

    func validate() throws {
        let filter = try filter()
        guard ids.isEmpty != filter.isEmpty else {
            throw ValidationError("Name the answers, as in `dailies reinspect 42 43`, or say which ones by a condition, not both.")
        }
        if let reason, UnusableReason.Code(rawValue: reason) == nil { throw ValidationError("There is no reason \(reason).") }
        if let flag, Recordings.Flag.Name(rawValue: flag) == nil { throw ValidationError("There is no flag \(flag).") }
        if let note, note.count > 400 { throw ValidationError("--note has at most 400 characters.") }
    }

    private func filter() throws -> ReinspectionFilter {
        ReinspectionFilter(reason: reason, flag: flag, role: role, since: try since.map(Self.time), until: try until.map(Self.time))
    }

    private static func time(_ text: String) throws -> Date {
        let whole = text.holds("T") ? text : text + "T00:00:00Z"
        guard let time = try? Date(whole, strategy: .iso8601) else {
            throw ValidationError("A time is written as 2026-11-29 or 2026-11-29T10:00:00Z, in UTC; this is \"\(text)\".")
        }
        return time
    }

    func run() async throws {
        let (named, filter, isDry, count) = (ids, try filter(), dryRun, count)
        let why = note.map { "reinspected by hand: \($0)" } ?? "reinspected by hand"
        let (wanted, results) = try await Application(settings: try await options.settings()).withInterviews { interviews in
            let wanted = named.isEmpty ? try await interviews.responses(matching: filter) : named
            guard !isDry, !named.isEmpty || count == wanted.count else { return (wanted, nil as [(id: Int64, became: Reinspection)]?) }
            return (wanted, try await interviews.reinspect(responses: wanted, reason: why))
        }
        guard let results else {
            let found = "\(wanted.count) \(wanted.count == 1 ? "answer matches" : "answers match")"
            if isDry, wanted.isEmpty { return Terminal.out("No answer matches.\n") }
            guard isDry else {
                throw Failure("\(found), so nothing was done. Say --count \(wanted.count) to have them looked into again.", .data)
            }
            return Terminal.out("\(found). Say --count \(wanted.count) instead of --dry-run to have them looked into again.\n")
        }
        func those(_ became: Reinspection) -> [Int64] { results.filter { $0.became == became }.map(\.id) }
        for (became, words) in [
            (Reinspection.asked, "will be looked into again"), (.underWay, "being looked into again already"),
            (.sooner, "will be looked for now"),
        ] where !those(became).isEmpty {
            Terminal.out("\(Self.answers(those(became))): \(words).\n")
        }
        let unknown = Set(wanted).subtracting(results.map(\.id)).sorted()
        guard !unknown.isEmpty || !those(.unseen).isEmpty else { return }
        let problems = [
            those(.unseen).isEmpty ? nil : "nobody has looked into \(Self.answers(those(.unseen))) yet",
            unknown.isEmpty ? nil : "there is no \(Self.answers(unknown))",
        ].compactMap { $0 }
        throw Failure("Not all: " + problems.joined(separator: ", and ") + ".", .data)
    }

    private static func answers(_ ids: [Int64]) -> String {
        guard ids.count > 20 else { return (ids.count == 1 ? "answer " : "answers ") + ids.map(String.init).joined(separator: ", ") }
        return "\(ids.count) answers"
    }
}
