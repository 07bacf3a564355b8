import ArgumentParser
import FoundationEssentials
import Interviews
import JobQueue

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count answers and jobs by state.",
        discussion: """
            Live jobs are counted up to 100,000 of each kind and priority, ended ones over the last 24 hours. Larger numbers are told as \
            "about", from a sample; --json names them in "estimated". Of more than a million answers only those that are not reviewable \
            are counted; the others are told as "about", by the database's statistics.

            With --watch it shows queue, workers and rates, anew each second, until Ctrl-C: on a terminal in place, elsewhere a line a \
            second. It needs no more rights than dailies_monitor has, and takes at most a twentieth of one database connection's time.
            """)

    @Flag(help: "Print one JSON object for programs.")
    var json = false

    @Flag(help: "Go on showing queue, workers and rates until Ctrl-C.")
    var watch = false

    @OptionGroup var options: SettingsOptions

    private struct Summary: Encodable {
        var answers: AnswerCounts
        var jobs: QueueCounts
        var pauses: [QueuePause]
        var troubles: [WorkerTrouble]
    }

    func run() async throws {
        let application = Application(settings: try await options.settings())
        guard !watch else {
            return try await application.withPool(limit: 1) { pool in await StatusWatch(queue: JobQueue(pool: pool), json: json).run() }
        }
        let summary = try await application.withPool { pool in
            let queue = JobQueue(pool: pool)
            return Summary(
                answers: try await Interviews(pool: pool).answerCounts(), jobs: try await queue.counts(), pauses: try await queue.pauses(),
                troubles: try await queue.troubles())
        }
        if json {
            Terminal.out(try JSONText.document(summary))
        } else {
            Terminal.out(Self.text(summary.answers, summary.jobs, summary.pauses, summary.troubles))
        }
    }

    static func text(
        _ answers: AnswerCounts, _ jobs: QueueCounts, _ pauses: [QueuePause] = [], _ troubles: [WorkerTrouble] = []
    ) -> String {
        let oldest = jobs.oldestWaitingSeconds.map { ", the oldest waiting for \(Duration.seconds($0).inWords)" } ?? ""
        let awaiting = answers.awaitingFile > 0 ? " (\(answers.awaitingFile) waiting for their file)" : ""
        let about = answers.isReviewableEstimated ? "about " : ""
        return """
            answers  \(about)\(answers.total): \(about)\(answers.reviewable) reviewable, \(answers.unusable) unusable, \(answers.processing) processing\(awaiting)
            jobs     \(jobs.inWords(.available)) available, \(jobs.running) running, \(jobs.inWords(.scheduled)) scheduled for later\(oldest)
            last day \(jobs.inWords(.completed)) completed, \(jobs.inWords(.discarded)) discarded, \(jobs.inWords(.cancelled)) cancelled
            workers  \(jobs.workers)

            """ + pauses.map(line).joined() + troubles.map { "trouble  \($0.worker): \($0.trouble)\n" }.joined()
    }

    private static func line(_ pause: QueuePause) -> String {
        let what = pause.kind.map { "jobs of kind \($0)" } ?? "everything"
        let why = pause.reason.map { ": \($0)" } ?? ""
        return "paused   \(what), for \(Duration.seconds(pause.seconds).inWords)\(why) (`dailies queue resume` ends it)\n"
    }
}
