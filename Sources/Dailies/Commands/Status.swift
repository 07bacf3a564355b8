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
    }

    func run() async throws {
        let application = Application(settings: try await options.settings())
        let summary = try await application.withPool { pool in
            Summary(answers: try await Interviews(pool: pool).answerCounts(), jobs: try await JobQueue(pool: pool).counts())
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.out(String(decoding: try encoder.encode(summary), as: UTF8.self) + "\n")
        } else {
            Terminal.out(Self.text(summary.answers, summary.jobs))
        }
    }

    static func text(_ answers: AnswerCounts, _ jobs: QueueCounts) -> String {
        let oldest = jobs.oldestWaitingSeconds.map { ", the oldest waiting for \(Duration.seconds($0).inWords)" } ?? ""
        return """
            answers  \(answers.total): \(answers.reviewable) reviewable, \(answers.unusable) unusable, \(answers.processing) processing
            jobs     \(jobs.available) available, \(jobs.running) running, \(jobs.scheduled) scheduled for later\(oldest)
            last day \(jobs.completed) completed, \(jobs.discarded) discarded, \(jobs.cancelled) cancelled
            workers  \(jobs.workers)

            """
    }
}
