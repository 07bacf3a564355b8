import Glibc
import JobQueue
import Postgres
import UnixSignals

/// `dailies status --watch`: looks once a second, until Ctrl-C or SIGTERM.
struct StatusWatch: Sendable {
    let queue: JobQueue
    let json: Bool

    /// The largest part of the time that is spent on queries, so that watching a large queue does not slow it down.
    private static let share = 20

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        StopSignals.shared.handOver(SIGINT, SIGTERM)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { return } }
            group.addTask { await watch() }
            await group.next()
            group.cancelAll()
        }
    }

    private func watch() async {
        let isDrawn = !json && Terminal.drawsResults
        var view = LiveView()
        var trend = QueueTrend()
        let clock = ContinuousClock()
        let start = clock.now
        while !Task.isCancelled, !Terminal.hasFailed {
            let asked = clock.now
            do {
                let activity = try await queue.activity()
                trend.see(waiting: activity.waiting, at: clock.now - start)
                if json {
                    Terminal.out((try? JSONText.line(activity)) ?? "")
                } else if isDrawn {
                    view.draw(Self.lines(activity, trend, clock: Self.time(), size: Terminal.resultSize))
                } else {
                    Terminal.out("\(Self.time()) \(Self.line(activity))\n")
                }
            } catch is CancellationError {
                break
            } catch {
                guard !Task.isCancelled else { break }
                let words = Failure(error)?.message ?? "\(error)"
                if isDrawn {
                    view.draw(
                        Self.fitting(
                            ["Dailies at \(Self.time())   \(words)", "It is tried again every second; Ctrl-C ends it."], Terminal.resultSize
                        ))
                } else {
                    Terminal.err("\(Self.time()) \(words)\n")
                }
            }
            try? await Task.sleep(for: max(.seconds(1), (clock.now - asked) * Self.share))
        }
        if isDrawn { view.finish() }
    }

    /// This machine's local time, for people.
    private static func time() -> String {
        var now = Glibc.time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}

extension StatusWatch {
    /// The view for a terminal, no larger than the terminal.
    static func lines(_ activity: QueueActivity, _ trend: QueueTrend, clock: String, size: (columns: Int, rows: Int)) -> [String] {
        let gauges = activity.gauges
        let oldest = gauges.oldestWaiting.values.max().map { ", the oldest for \(Duration.seconds($0).inWords)" } ?? ""
        var lines = [
            "Dailies at \(clock), Ctrl-C ends this",
            "",
            "jobs     \(activity.waitingInWords) waiting\(oldest)",
            "         \(gauges.jobs["running"] ?? 0) running, \(gauges.jobs["scheduled"] ?? 0) scheduled for later",
            "rate     \(activity.completedInMinute) completed, \(activity.discardedInMinute) discarded in the last minute",
            "         \(direction(trend))",
            "slots    \(bar(activity.busy, of: activity.slots))",
        ]
        lines += activity.pauses.map {
            "paused   \($0.kind.map { "jobs of kind \($0)" } ?? "everything"), for \(Duration.seconds($0.seconds).inWords)"
        }
        lines += activity.troubles.map { "trouble  \($0.worker): \($0.trouble)" }
        lines.append(
            "workers  \(activity.workers.isEmpty ? "none: nothing becomes reviewable until one starts" : "\(activity.workers.count)")")
        // The last line of a terminal is the cursor's.
        let room = size.rows - 1 - lines.count
        let shown = activity.workers.count <= room ? activity.workers.count : max(0, room - 1)
        let width = activity.workers.map(\.name.count).max() ?? 0
        for worker in activity.workers.prefix(shown) {
            let name = worker.name + String(repeating: " ", count: width - worker.name.count)
            lines.append(
                "         \(name)  \(worker.busy) of \(worker.slots) busy, up \(Duration.seconds(worker.seconds).inWords), \(worker.version)"
            )
        }
        if shown < activity.workers.count { lines.append("         and \(activity.workers.count - shown) more") }
        return fitting(lines, size)
    }

    /// The same in one line, for logs and pipes. Its words never change, so that programs can read it.
    static func line(_ activity: QueueActivity) -> String {
        let gauges = activity.gauges
        let oldest = gauges.oldestWaiting.values.max() ?? 0
        return """
            waiting=\(activity.waiting) oldest_s=\(Int(oldest)) running=\(gauges.jobs["running"] ?? 0) scheduled=\(gauges.jobs["scheduled"] ?? 0) \
            completed_1m=\(activity.completedInMinute) discarded_1m=\(activity.discardedInMinute) \
            workers=\(activity.workers.count) slots=\(activity.slots) busy=\(activity.busy) paused=\(activity.pauses.isEmpty ? "no" : "yes")
            """
    }

    private static func direction(_ trend: QueueTrend) -> String {
        guard let perMinute = trend.perMinute else { return "trend known after ten seconds" }
        let jobs = Int(perMinute.magnitude.rounded())
        guard jobs > 0 else { return "as many wait as before" }
        guard perMinute < 0 else { return "\(jobs) more wait each minute" }
        let end = trend.untilEmpty.map { ", empty in about \($0.inWords)" } ?? ""
        return "\(jobs) fewer wait each minute\(end)"
    }

    private static func bar(_ busy: Int, of slots: Int) -> String {
        guard slots > 0 else { return "none" }
        let cells = 24
        let filled = min(cells, (busy * cells + slots - 1) / slots)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled) + " \(busy) of \(slots) busy"
    }

    /// A longer line would wrap and a higher view would scroll, and the next view could not be drawn over it.
    private static func fitting(_ lines: [String], _ size: (columns: Int, rows: Int)) -> [String] {
        lines.prefix(max(1, size.rows - 1)).map { String($0.prefix(max(1, size.columns - 1))) }
    }
}

extension QueueActivity {
    fileprivate var waiting: Int { gauges.jobs["available"] ?? 0 }
    fileprivate var slots: Int { workers.reduce(0) { $0 + $1.slots } }
    fileprivate var busy: Int { workers.reduce(0) { $0 + $1.busy } }

    /// Waiting jobs above this number are not counted.
    fileprivate var waitingInWords: String { waiting >= QueueGauges.mostCounted ? "\(QueueGauges.mostCounted) or more" : "\(waiting)" }
}
