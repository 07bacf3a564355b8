import ArgumentParser
import FoundationEssentials
import JobQueue

extension Jobs {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print one job's whole document: every attempt with worker, times, outcome and error.",
            discussion: """
                Works for live and ended jobs, as long as the day they ended on is kept. Below an attempt's outcome stands its evidence, such \
                as the last lines of an inspector that died; they may quote what is written inside the recording, so they are for ops \
                people and not for reviewers.

                Exit code 66 when there is no such job.
                """)

        @Argument(help: "The job's number, as `dailies jobs list` shows it.")
        var id: Int64

        @Flag(help: "Print one JSON object for programs.")
        var json = false

        @OptionGroup var options: SettingsOptions

        private struct Document: Encodable {
            var job: JobRecord
            var timeline: [JobEvent]
        }

        func run() async throws {
            let id = id
            let document = try await Application(settings: try await options.settings()).withPool { pool -> Document? in
                let queue = JobQueue(pool: pool)
                guard let job = try await queue.job(id) else { return nil }
                return Document(job: job, timeline: try await queue.timeline(of: id))
            }
            guard let document else {
                throw Failure(
                    "There is no job \(id), or the day on which it ended is no longer kept. `dailies jobs list` shows the newest.", .noInput
                )
            }
            Terminal.out(json ? try JSONText.document(document) : JobText.details(of: document.job, document.timeline))
        }
    }
}
