import ArgumentParser
import Interviews
import JobQueue

extension Jobs {
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put discarded or cancelled jobs back into the queue.",
            discussion: """
                A job keeps its number and its story, and gets new tries. When its answer had been called unusable because the inspector \
                died or ran out of time, that verdict is taken back in the same step: the answer is "processing" until the new one is there.

                Completed jobs are never retried, because what they did is done; nor is anything done twice when the same job \
                is named again.

                --all takes every discarded job that the filters leave; look first with `dailies jobs list --state discarded`.

                Exit code 0 when every named job is back, 65 when some are not.
                """)

        @Argument(help: "The jobs' numbers.")
        var ids: [Int64] = []

        @Flag(help: "All discarded jobs; the filters below restrict that.")
        var all = false

        @OptionGroup var filter: JobFilterOptions

        @Option(help: ArgumentHelp("Kept in the jobs' story: why they are worth another try.", valueName: "text"))
        var note: String?

        @OptionGroup var options: SettingsOptions

        func validate() throws {
            guard ids.isEmpty == all else {
                throw ValidationError("Name the jobs, as in `dailies jobs retry 42 43`, or say --all for every discarded one, not both.")
            }
            guard all || filter.isEmpty else { throw ValidationError("Filters go with --all; named jobs need none.") }
        }

        func run() async throws {
            let (ids, all) = (ids, all)
            let filter = filter.filter([.discarded])
            let reason = note.map { "retried by hand: \($0)" } ?? "retried by hand"
            let retried = try await Application(settings: try await options.settings()).withPool { pool in
                let queue = JobQueue(pool: pool)
                let wanted = all ? try await queue.jobs(filter, limit: 1_000_000).map(\.id) : ids
                return try await Interviews(pool: pool).retry(jobs: wanted, reason: reason)
            }
            Terminal.out(retried.isEmpty ? "No job was retried.\n" : "Retried: \(JobText.numbers(retried)).\n")
            let left = Set(ids).subtracting(retried).sorted()
            guard !left.isEmpty else { return }
            throw Failure(
                "Not retried: \(JobText.numbers(left)). Only discarded and cancelled jobs can be, and none whose payload "
                    + "nobody can work on; `dailies jobs show` says how it stands.",
                .data)
        }
    }
}
