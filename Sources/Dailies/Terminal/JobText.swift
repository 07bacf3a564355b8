import FoundationEssentials
import JobQueue

/// Jobs as text for a terminal.
enum JobText {
    static func table(_ jobs: [JobRecord]) -> Table {
        var table = Table(header: ["job", "state", "kind", "about", "tries", "age", "worker", "latest error"])
        for job in jobs {
            table.add([
                "\(job.id)", job.status.rawValue, job.kind, subject(job), "\(job.attempt)", ago(job.createdAt, job.readAt),
                job.worker ?? "–", job.lastError.map(firstLine) ?? "–",
            ])
        }
        return table
    }

    /// A job's head, then each line of its timeline with its evidence below it.
    static func details(of job: JobRecord, _ timeline: [JobEvent]) -> String {
        var text = "job \(job.id)  \(job.kind), \(job.status.rawValue)\n\n"
        func line(_ label: String, _ value: String) { text += "  " + label.padded(10) + value + "\n" }
        line("about", subject(job))
        line("inserted", "\(time(job.createdAt)), \(ago(job.createdAt, job.readAt)) ago")
        if let ended = job.endedAt { line("ended", "\(time(ended)), \(ago(ended, job.readAt)) ago") }
        if let due = job.dueAt { line("due", due > job.readAt ? "\(time(due)), in \(ago(job.readAt, due))" : "now") }
        if let since = job.claimedAt {
            line("running", "on \(job.worker ?? "a worker that is gone"), attempt \(job.attempt), for \(ago(since, job.readAt))")
        }
        if job.isToStop { line("to stop", "its worker was asked to stop it") }
        line("order", "priority \(job.priority), fair key \(job.fairKey)")
        line("counted", "\(job.failures) failed by a fault of ours, \(job.crashes) ended by the inspector's death")

        text += "\n  " + (timeline.isEmpty ? "No attempt has ended yet.\n" : "timeline\n")
        let workers = timeline.compactMap(\.worker?.count).max() ?? 0
        for event in timeline {
            text += "\n  " + headline(event, workerWidth: workers) + "\n"
            for line in lines(event.error) { text += "       \(line)\n" }
        }
        return text
    }

    /// `3`, `3 and 5`, `3, 5 and 8`; a long list is cut.
    static func numbers(_ ids: [Int64]) -> String {
        let shown = ids.prefix(20).map(String.init)
        let noun = ids.count == 1 ? "job " : "\(ids.count) jobs: "
        if ids.count > 20 { return noun + shown.joined(separator: ", ") + " and \(ids.count - 20) more" }
        guard shown.count > 1, let last = shown.last else { return noun + shown.joined() }
        return noun + shown.dropLast().joined(separator: ", ") + " and " + last
    }

    private static func headline(_ event: JobEvent, workerWidth: Int) -> String {
        let outcome = event.outcome.replacing("_", with: " ")
        guard let from = event.from else {
            return "by hand  \(event.to.map { time($0) } ?? "–")  \(outcome)"
        }
        if let count = event.count {
            return "…".padded(5)
                + "\(time(from))  to \(event.to.map { time($0) } ?? "–")  \(count) \(count == 1 ? "entry" : "entries") left out"
        }
        let length = event.to.map { span($0.timeIntervalSince(from)) } ?? "–"
        let worker = (event.worker ?? "–").padded(workerWidth)
        return "#\(event.attempt)".padded(5) + "\(time(from))  \(length.padded(8))\(worker)  \(outcome)"
    }

    /// What the job is about, from its payload: ids only.
    private static func subject(_ job: JobRecord) -> String {
        guard let values = try? JSONDecoder().decode([String: Int64].self, from: Data(job.payload.utf8)), !values.isEmpty else {
            return job.payload == "{}" ? "–" : job.payload
        }
        return values.sorted { $0.key < $1.key }.map { name, id in
            "\(name.hasSuffix("_id") ? String(name.dropLast(3)) : name) \(id)"
        }.joined(separator: ", ")
    }

    private static func ago(_ then: Date, _ now: Date) -> String { Duration.seconds(max(now.timeIntervalSince(then), 0)).inWords }

    private static func time(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day().dateSeparator(.dash).dateTimeSeparator(.space).time(includingFractionalSeconds: false))
    }

    private static func span(_ seconds: Double) -> String {
        seconds < 10 ? "\((max(seconds, 0) * 10).rounded() / 10) s" : Duration.seconds(seconds).inWords
    }

    private static func firstLine(_ text: String) -> String { String(lines(text).first ?? "") }

    private static func lines(_ text: String?) -> [Substring] { text?.split(whereSeparator: \.isNewline) ?? [] }
}

extension String {
    /// Adds spaces up to a width, for columns; at least one.
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, count < width ? 0 : 1))
    }
}
