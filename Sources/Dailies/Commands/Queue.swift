import ArgumentParser
import ForeignText
import JobQueue

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pause the queue, and let it go on.",
        discussion: """
            A pause is kept in the database: it holds for every worker, those that start later too, until `dailies queue resume`. What runs \
            goes on to its end, and new answers are accepted and wait. `dailies status` says when something is paused.
            """,
        subcommands: [Pause.self, Resume.self])

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let no worker start new jobs.", discussion: "What runs goes on; `dailies jobs cancel` stops it.")

        @Option(help: ArgumentHelp("Only jobs of this kind; all without it.", valueName: "kind"))
        var kind: String?

        @Option(help: ArgumentHelp("The reason, which `dailies status` shows.", valueName: "text"))
        var note: String?

        @OptionGroup var options: SettingsOptions

        func validate() throws { try Queue.check(kind) }

        func run() async throws {
            let (kind, note) = (kind, note)
            let running = try await Application(settings: try await options.settings()).withPool { pool in
                let queue = JobQueue(pool: pool)
                try await queue.pause(kind: kind, reason: note)
                return try await queue.counts().running
            }
            let rest = running == 0 ? "" : running == 1 ? " One job that runs goes on." : " \(running) jobs that run go on."
            Terminal.out("\(kind.map { "Jobs of kind \($0) are" } ?? "The queue is") paused.\(rest)\n")
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the workers go on.", discussion: "Without --kind it ends every pause.")

        @Option(help: ArgumentHelp("Only the pause of this kind.", valueName: "kind"))
        var kind: String?

        @OptionGroup var options: SettingsOptions

        func validate() throws { try Queue.check(kind) }

        func run() async throws {
            let kind = kind
            let (ended, left) = try await Application(settings: try await options.settings()).withPool { pool in
                let queue = JobQueue(pool: pool)
                return (try await queue.resume(kind: kind), try await queue.pauses())
            }
            let what = kind.map { "Jobs of kind \($0)" } ?? "The queue"
            let verbs = kind == nil ? (was: "was", goes: "goes") : (was: "were", goes: "go")
            Terminal.out(ended == 0 ? "\(what) \(verbs.was) not paused.\n" : "\(what) \(verbs.goes) on.\n")
            if let pause = left.first { Terminal.out("Still paused: \(pause.kind.map { "jobs of kind \($0)" } ?? "everything").\n") }
        }
    }

    private static func check(_ kind: String?) throws {
        guard let kind else { return }
        guard kind.plainMatch(of: /[a-z][a-z0-9_]{0,62}/) != nil else {
            throw ValidationError("--kind is a word such as inspect_response; it is \"\(kind)\".")
        }
    }
}
