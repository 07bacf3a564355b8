import ArgumentParser
import FoundationEssentials
import JobQueue

extension Jobs {
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop jobs that are no longer wanted, also while they run.",
            discussion: """
                A job that waits ends at once. A running job is stopped within a second: its inspector is killed and no result is \
                kept, unless it completes in that moment. Its answer stays "processing". `dailies jobs retry` retries it.

                Workers of a release before 0.2 do not stop what they run.

                Exit code 0 when every named job has ended as wished, 65 otherwise.
                """)

        @OptionGroup var stop: JobsStop

        func run() async throws { try await stop.run(as: .cancelled) }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Discard jobs: they are not tried again.",
            discussion: """
                Like `dailies jobs cancel`, but the jobs are listed as discarded, with those that were discarded because of their \
                failures, and `dailies jobs retry --all` retries them too.

                Exit code 0 when every named job has ended as wished, 65 otherwise.
                """)

        @OptionGroup var stop: JobsStop

        func run() async throws { try await stop.run(as: .discarded) }
    }
}

/// The arguments and the work that `cancel` and `discard` share.
struct JobsStop: ParsableArguments {
    @Argument(help: "The jobs' numbers.")
    var ids: [Int64]

    @Option(help: ArgumentHelp("The reason, kept in the jobs' timelines.", valueName: "text"))
    var note: String?

    @OptionGroup var options: SettingsOptions

    /// How long to wait until a running job's worker has stopped it. Normally that takes at most a second.
    private static let patience = Duration.seconds(5)

    func run(as how: JobQueue.StopKind) async throws {
        let reason = "\(how) by hand" + (note.map { ": \($0)" } ?? "")
        let ids = ids
        let outcomes = try await Application(settings: try await options.settings()).withPool { pool in
            let queue = JobQueue(pool: pool)
            let deadline = ContinuousClock.now + Self.patience
            var outcomes: [(id: Int64, became: JobQueue.StopResult, now: JobStatus?)] = []
            for (id, became) in try await queue.stop(ids, as: how, reason: reason) {
                var now = try await queue.job(id)?.status
                while became == .asked, now?.isLive == true, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(50))
                    now = try await queue.job(id)?.status
                }
                outcomes.append((id, became, now))
            }
            return outcomes
        }
        for outcome in outcomes { Terminal.out("job \(outcome.id): \(Self.sentence(outcome.became, outcome.now, how))\n") }
        if outcomes.contains(where: { $0.now?.rawValue != how.rawValue || $0.became == .over }) { throw ExitCode.data }
    }

    private static func sentence(_ became: JobQueue.StopResult, _ now: JobStatus?, _ how: JobQueue.StopKind) -> String {
        switch (became, now) {
        case (.unknown, _): "there is no such job"
        case (.over, let status?): "had ended before: \(status.rawValue)"
        case (.asked, let status?) where status.isLive:
            "its worker was told, and has not stopped it yet; `dailies jobs show` tells when it has"
        case (.asked, let status?) where status.rawValue != how.rawValue: "\(status.rawValue) before it could be stopped"
        case (.asked, _): "\(how) while it ran"
        case (.ended, _), (.over, _): "\(how)"
        }
    }
}
