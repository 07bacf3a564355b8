internal import FoundationEssentials
internal import JobQueue
internal import Reviews

/// How the machinery behind the answers is doing.
struct HealthPage: Page {
    struct Figure {
        var says: String
        var value: String
    }

    struct Failed {
        var title: String
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
    /// What ended in each hour, as SVG.
    var plot: String
    var latest: String
    var failures: [Failed]

    init(_ operations: Operations) {
        let queue = operations.queue
        summary =
            queue.workers == 0
            ? "No worker is running: nothing is processed until one is." : "\(Count.of(queue.workers, "worker")) at work."
        figures = [
            Figure(says: "waiting", value: "\(queue.available)"),
            Figure(says: "oldest waiting", value: queue.oldestWaitingSeconds.map { Length.clock(Int($0 * 1000)) } ?? "–"),
            Figure(says: "running", value: "\(queue.running)"),
            Figure(says: "put off", value: "\(queue.scheduled)"),
            Figure(says: "done in 24 hours", value: "\(queue.completed)"),
            Figure(says: "given up in 24 hours", value: "\(queue.discarded)"),
        ]
        let hours = operations.throughput
        let done = hours.reduce(0) { $0 + $1.completed }
        let failed = hours.reduce(0) { $0 + $1.discarded }
        latest = "\(done) done, \(failed) given up"
        plot =
            HourlyPlot(
                label: "Recordings processed in each of the last \(hours.count) hours: \(latest) in all",
                bars: hours.map { HourlyPlot.Bar(count: $0.completed + $0.discarded, failed: $0.discarded) },
                first: hours.first.map { Moment.inWords($0.hour) } ?? "", last: "now"
            ).svg
        failures = operations.failures.map(Failed.init)
    }
}

extension HealthPage.Failed {
    fileprivate init(_ recording: FailedRecording) {
        title = "\(recording.candidate.label): \(recording.question)"
        reason = recording.reason?.replacing("_", with: " ") ?? "given up"
        sentence = recording.message ?? "Looking into this recording failed each time. It is no fault of the candidate’s."
        when = Moment.inWords(recording.failedAt)
        evidence = recording.evidence
        job = recording.jobID
    }
}
