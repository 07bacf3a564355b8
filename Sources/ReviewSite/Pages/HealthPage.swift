internal import ForeignText
internal import FoundationEssentials
internal import JobQueue
internal import Reviews

/// The state of the queue and the failed recordings.
struct HealthPage: Page {
    struct Figure {
        var says: String
        var value: String
    }

    struct Plot {
        var title: String
        /// The present figure, or the sum, in words.
        var latest: String
        var svg: String
    }

    struct Failed {
        var response: Int64
        var title: String
        var href: String
        var reason: String
        var sentence: String
        var when: String
        var evidence: String?
        /// The id of the job that can be retried.
        var job: Int64?
    }

    static let template = "health"
    let title = "Health"
    var summary: String
    /// What is wrong with the site's own settings, with its remedy.
    var warning: String?
    var figures: [Figure]
    var plots: [Plot]
    var failures: [Failed]
    /// Says that there are more failures than the page lists.
    var more: String?

    init(_ operations: Operations, hasUnnamedProxy: Bool) {
        let queue = operations.queue
        warning = hasUnnamedProxy ? "\(UnnamedProxy.sentence) \(UnnamedProxy.remedy)" : nil
        summary =
            queue.workers == 0
            ? "No worker is running: nothing is processed until one is." : "\(Count.of(queue.workers, "worker")) at work."
        figures = [
            Figure(says: "waiting", value: queue.inWords(.available)),
            Figure(says: "oldest waiting", value: queue.oldestWaitingSeconds.map { DurationText.elapsed(Int($0 * 1000)) } ?? "–"),
            Figure(says: "running", value: "\(queue.running)"),
            Figure(says: "put off", value: queue.inWords(.scheduled)),
            Figure(says: "done in 24 hours", value: queue.inWords(.completed)),
            Figure(says: "discarded in 24 hours", value: queue.inWords(.discarded)),
        ]
        plots = [
            Plot(
                "Waiting or at work, at each hour’s end", of: operations.hours.map { Double($0.live) }, most: { "at most \(Int($0))" }),
            Plot(
                "How long the oldest had waited", of: operations.hours.map { $0.oldestSeconds ?? 0 },
                most: { $0 == 0 ? "–" : "at most \(DurationText.elapsed(Int($0 * 1000)))" }),
            Plot(
                "Completed in each hour", of: operations.hours.map { Double($0.completed) },
                most: { "at most \(Int($0)), \(operations.hours.reduce(0) { $0 + $1.completed }) in all" }),
            Plot(
                "Discarded in each hour", of: operations.hours.map { Double($0.discarded) }, isFault: true,
                most: { $0 == 0 ? "none" : "\(operations.hours.reduce(0) { $0 + $1.discarded }) in all" }),
        ]
        failures = operations.failures.prefix(Self.listed).map(Failed.init)
        let rest = operations.failures.count - failures.count
        more = rest > 0 ? "\(rest) older ones are not shown. All of them: dailies jobs list --state discarded" : nil
    }

    /// The most failures that the page lists.
    private static let listed = 40
}

extension HealthPage.Plot {
    /// - Parameter most: the text for the highest value.
    fileprivate init(_ title: String, of values: [Double], isFault: Bool = false, most: (Double) -> String) {
        self.title = title
        latest = most(values.max() ?? 0)
        svg = BarsOverTime(label: "\(title), over \(values.count) hours: \(latest)", values: values, isFault: isFault).svg
    }
}

extension HealthPage.Failed {
    fileprivate init(_ recording: FailedRecording) {
        response = recording.responseID
        title = "\(recording.candidate.label): \(recording.question)"
        href = "/roles/\(recording.role)/questions/\(recording.question)/\(recording.responseID)"
        reason = recording.reason?.with(" ", for: "_") ?? "discarded"
        sentence = recording.message ?? "Looking into this recording failed each time. It is no fault of the candidate’s."
        when = DateText.inWords(recording.failedAt)
        evidence = recording.evidence
        job = recording.jobID
    }
}
