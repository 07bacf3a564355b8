internal import FoundationEssentials
internal import JobQueue
internal import Reviews

/// How the machinery behind the answers is doing.
struct HealthPage: Page {
    struct Figure {
        var says: String
        var value: String
    }

    struct Plot {
        var title: String
        /// The figure for now, or for all of the time, in words.
        var latest: String
        var svg: String
    }

    struct Failed {
        var title: String
        var href: String
        var reason: String
        var sentence: String
        var when: String
        var evidence: String?
        /// Of the job that can be put back.
        var job: Int64?
    }

    static let template = "health"
    let title = "Health"
    var summary: String
    var figures: [Figure]
    var plots: [Plot]
    var failures: [Failed]
    /// That there are more failures than the page lists.
    var more: String?

    init(_ operations: Operations) {
        let queue = operations.queue
        summary =
            queue.workers == 0
            ? "No worker is running: nothing is processed until one is." : "\(Count.of(queue.workers, "worker")) at work."
        figures = [
            Figure(says: "waiting", value: "\(queue.available)"),
            Figure(says: "oldest waiting", value: queue.oldestWaitingSeconds.map { Length.elapsed(Int($0 * 1000)) } ?? "–"),
            Figure(says: "running", value: "\(queue.running)"),
            Figure(says: "put off", value: "\(queue.scheduled)"),
            Figure(says: "done in 24 hours", value: "\(queue.completed)"),
            Figure(says: "given up in 24 hours", value: "\(queue.discarded)"),
        ]
        plots = [
            Plot(
                "Waiting or at work, at each hour’s end", of: operations.hours.map { Double($0.live) }, most: { "at most \(Int($0))" }),
            Plot(
                "How long the oldest had waited", of: operations.hours.map { $0.oldestSeconds ?? 0 },
                most: { $0 == 0 ? "–" : "at most \(Length.elapsed(Int($0 * 1000)))" }),
            Plot(
                "Done in each hour", of: operations.hours.map { Double($0.completed) },
                most: { "at most \(Int($0)), \(operations.hours.reduce(0) { $0 + $1.completed }) in all" }),
            Plot(
                "Given up in each hour", of: operations.hours.map { Double($0.discarded) }, isFault: true,
                most: { $0 == 0 ? "none" : "\(operations.hours.reduce(0) { $0 + $1.discarded }) in all" }),
        ]
        failures = operations.failures.prefix(Self.listed).map(Failed.init)
        let rest = operations.failures.count - failures.count
        more = rest > 0 ? "\(rest) older ones are not shown. All of them: dailies jobs list --state discarded" : nil
    }

    /// So many that one can still read them.
    private static let listed = 40
}

extension HealthPage.Plot {
    /// - Parameter most: says how many there are, of the highest.
    fileprivate init(_ title: String, of values: [Double], isFault: Bool = false, most: (Double) -> String) {
        self.title = title
        latest = most(values.max() ?? 0)
        svg = BarsOverTime(label: "\(title), over \(values.count) hours: \(latest)", values: values, isFault: isFault).svg
    }
}

extension HealthPage.Failed {
    fileprivate init(_ recording: FailedRecording) {
        title = "\(recording.candidate.label): \(recording.question)"
        href = "/roles/\(recording.role)/questions/\(recording.question)/\(recording.responseID)"
        reason = recording.reason?.replacing("_", with: " ") ?? "given up"
        sentence = recording.message ?? "Looking into this recording failed each time. It is no fault of the candidate’s."
        when = Moment.inWords(recording.failedAt)
        evidence = recording.evidence
        job = recording.jobID
    }
}
