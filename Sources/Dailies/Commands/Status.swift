import ArgumentParser
import FoundationEssentials
import Interviews
import JobQueue

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How many answers and jobs stand where.",
        discussion: "Live jobs are counted exactly, ended ones over the last 24 hours.")

    @Flag(help: "Print one JSON object for programs.")
    var json = false

    @OptionGroup var options: SettingsOptions

    private struct Summary: Encodable {
        var answers: AnswerCounts
        var jobs: QueueCounts
        var pauses: [QueuePause]
    }

    func run() async throws {
        let application = Application(settings: try await options.settings())
        let summary = try await application.withPool { pool in
            let queue = JobQueue(pool: pool)
            return Summary(
                answers: try await Interviews(pool: pool).answerCounts(), jobs: try await queue.counts(), pauses: try await queue.pauses())
        }
        if json {
            Terminal.out(try JSONText.document(summary))
        } else {
            Terminal.out(Self.text(summary.answers, summary.jobs, summary.pauses))
        }
    }

    static func text(_ answers: AnswerCounts, _ jobs: QueueCounts, _ pauses: [QueuePause] = []) -> String {
        let oldest = jobs.oldestWaitingSeconds.map { ", the oldest waiting for \(Duration.seconds($0).inWords)" } ?? ""
        return """
            answers  \(answers.total): \(answers.reviewable) reviewable, \(answers.unusable) unusable, \(answers.processing) processing
            jobs     \(jobs.available) available, \(jobs.running) running, \(jobs.scheduled) scheduled for later\(oldest)
            last day \(jobs.completed) completed, \(jobs.discarded) discarded, \(jobs.cancelled) cancelled
            workers  \(jobs.workers)

            """ + pauses.map(line).joined()
    }

    private static func line(_ pause: QueuePause) -> String {
        let what = pause.kind.map { "jobs of kind \($0)" } ?? "everything"
        let why = pause.reason.map { ": \($0)" } ?? ""
        return "paused   \(what), for \(Duration.seconds(pause.seconds).inWords)\(why) (`dailies queue resume` ends it)\n"
    }
}
