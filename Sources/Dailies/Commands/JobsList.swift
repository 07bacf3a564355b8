import ArgumentParser
import FoundationEssentials
import JobQueue

extension Jobs {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs, the newest first.",
            discussion: """
                Without a filter it lists live and ended jobs alike. Filters add up: `--state discarded --worker host-3 --newer 1d` lists \
                what was discarded since yesterday after an attempt on host-3.

                Exit code 0, also when nothing is found.
                """)

        @Option(
            name: .customLong("state"),
            help: ArgumentHelp(
                "available, running, scheduled, completed, discarded, cancelled; live or ended for all of that side. May be repeated.",
                valueName: "state"))
        var states: [String] = []

        @OptionGroup var filter: JobFilterOptions

        @Option(help: ArgumentHelp("How many at most.", valueName: "number"))
        var limit = 50

        @Flag(help: "Print one JSON object a line for programs.")
        var json = false

        @OptionGroup var options: SettingsOptions

        func validate() throws {
            guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000.") }
            _ = try Self.statuses(states)
        }

        func run() async throws {
            let (filter, limit) = (filter.filter(try Self.statuses(states)), limit)
            let jobs = try await Application(settings: try await options.settings()).withPool { pool in
                try await JobQueue(pool: pool).jobs(filter, limit: limit)
            }
            if json {
                for job in jobs { Terminal.out(try JSONText.line(job)) }
            } else if jobs.isEmpty {
                Terminal.out("No jobs are like that.\n")
            } else {
                Terminal.out(JobText.table(jobs).rendered())
                if jobs.count == limit { Terminal.err("\nThese are the newest \(limit); --limit shows more.\n") }
            }
        }

        static func statuses(_ words: [String]) throws -> Set<JobStatus> {
            guard !words.isEmpty else { return Set(JobStatus.allCases) }
            return try words.reduce(into: []) { statuses, word in
                switch (word, JobStatus(rawValue: word)) {
                case ("live", _): statuses.formUnion(JobStatus.live)
                case ("ended", _): statuses.formUnion(JobStatus.ended)
                case (_, let status?): statuses.insert(status)
                default:
                    let known = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--state is one of \(known), live and ended; it is \"\(word)\".")
                }
            }
        }
    }
}
