import Health
import Inspectors
import JobQueue
import Storage
import Worker

/// The metrics of a worker, with their meanings. `deploy/runbook.md` explains them for ops people.
struct WorkerMetrics: Sendable {
    /// From 5 ms, the wait for an idle worker, to ten minutes, after which aging begins.
    private static let pickupBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 600]
    /// From 25 ms, the time for a short answer on an idle machine, to four minutes, the inspector's limit.
    private static let processingBounds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240]
    private static let factorBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500]
    private static let kinds = ["inspect_response", "render_response"]
    private static let outcomes = ["completed", "discarded", "cancelled", "retried", "crashed", "snoozed", "postponed", "released"]
    private static let deaths = [
        "signal", "exit", "wall_time", "cpu_time", "memory", "output_too_large", "bad_report", "input_output", "server_died", "killed",
    ]

    private let ended = Counter(
        "dailies_jobs_ended_total", help: "Attempts of this worker that ended, by kind of job and by outcome.",
        labels: ["kind", "outcome"],
        known: kinds.flatMap { kind in outcomes.map { [kind, $0] } })
    private let pickup = Histogram(
        "dailies_pickup_seconds", help: "From a job's insertion until its first claim, by the database's clock.", bounds: pickupBounds,
        label: "kind", known: kinds)
    private let processing = Histogram(
        "dailies_processing_seconds", help: "From a claim until its result was in the database.", bounds: processingBounds, label: "kind",
        known: kinds)
    private let factor = Histogram(
        "dailies_realtime_factor", help: "Seconds of recording that were inspected in a second, of usable recordings.",
        bounds: factorBounds, label: "kind", known: ["inspect_response"])
    private let recorded = Counter("dailies_recording_seconds_total", help: "Seconds of recording that were inspected.")
    private let deaths = Counter(
        "dailies_inspector_deaths_total", help: "Inspectors that ended without a report, by cause.", labels: ["cause"],
        known: deaths.map { [$0] })
    private let storageErrors = Counter(
        "dailies_storage_errors_total", help: "Times that storage refused or failed, by what it said.", labels: ["code"],
        known: [["unavailable"], ["full"], ["not found"]])
    private let databaseErrors = Counter(
        "dailies_database_errors_total", help: "Times that the database refused or was away, by SQLSTATE; none where no answer came.",
        labels: ["sqlstate"], known: [["none"]])
    private let busy = Level()
    private let held = Level()
    private let resultsWaiting = Level()
    private let slotsWithheld = Level()
    private let attemptsEndAlike = Level()

    func observe(_ event: JobWorkerEvent) {
        switch event {
        case .claimed(let claim):
            // Only first attempts, because later ones did not wait for a free worker only.
            if claim.attempt == 1 { pickup.observe(claim.waited / .seconds(1), claim.kind) }
        case .ended(let claim, let outcome, let spent):
            ended.add(1, claim.kind, outcome)
            processing.observe(spent / .seconds(1), claim.kind)
        case .databaseFailed(let code): databaseErrors.add(1, code ?? "none")
        case .beat: break
        case .claimsBlocked(let reason): held.set(reason == nil ? 0 : 1)
        case .busy(let count): busy.set(count)
        case .resultsWaiting(let count): resultsWaiting.set(count)
        case .slotsWithheld(let count): slotsWithheld.set(count)
        case .attemptsEndAlike(let isSo): attemptsEndAlike.set(isSo ? 1 : 0)
        case .troubled: break
        }
    }

    func observe(_ event: InspectionEvent) {
        switch event {
        case .reported(let recordingSeconds, let spentSeconds):
            recorded.add(recordingSeconds)
            if recordingSeconds > 0, spentSeconds > 0 { factor.observe(recordingSeconds / spentSeconds, "inspect_response") }
        case .died(let cause): deaths.add(1, cause.label)
        case .storageFailed(let code): storageErrors.add(1, code.description)
        }
    }

    static let buildInfo = MetricFamily(
        "dailies_build_info", help: "Always 1; the label tells the release.", samples: [.init(1, labels: [("version", Release.version)])])

    /// The metrics that this process counts.
    func families(slots: Int) -> [MetricFamily] {
        [
            Self.buildInfo,
            MetricFamily("dailies_slots", help: "Jobs that this worker may work on at once.", samples: [.init(Double(slots))]),
            MetricFamily("dailies_slots_busy", help: "Jobs that this worker works on now.", samples: [.init(Double(busy.value))]),
            MetricFamily(
                "dailies_claiming_held", help: "1 while this worker claims nothing because something that every job needs is missing.",
                samples: [.init(Double(held.value))]),
            MetricFamily(
                "dailies_log_lines_dropped_total", help: "Log lines that were dropped because nobody read standard error.", kind: .counter,
                samples: [.init(Double(LogWriter.standardError.droppedCount))]),
            MetricFamily(
                "dailies_worker_attempts_end_alike",
                help: "1 while most attempts of this worker end with the same error, so that it tries one job at growing intervals.",
                samples: [.init(Double(attemptsEndAlike.value))]),
            MetricFamily(
                "dailies_worker_results_waiting",
                help: "Jobs of this worker whose work is over and whose results cannot be written at present.",
                samples: [.init(Double(resultsWaiting.value))]),
            MetricFamily(
                "dailies_worker_slots_withheld", help: "Slots that this worker leaves empty because the machine kills its inspectors.",
                samples: [.init(Double(slotsWithheld.value))]),
            ended.family, pickup.family, processing.family, factor.family, recorded.family, deaths.family, storageErrors.family,
            databaseErrors.family,
        ]
    }

    /// The metrics of the queue, read from the database. When the database is away, only the metric that says so.
    static func families(of gauges: QueueGauges?) -> [MetricFamily] {
        let up = MetricFamily(
            "dailies_database_up", help: "Whether the database answered this scrape.", samples: [.init(gauges == nil ? 0 : 1)])
        guard let gauges else { return [up] }
        return [
            up,
            MetricFamily(
                "dailies_jobs",
                help: "Live jobs of the whole queue by state, counted up to \(QueueGauges.mostCounted) of each kind and priority.",
                samples: gauges.jobs.sorted { $0.key < $1.key }.map { .init(Double($0.value), labels: [("state", $0.key)]) }),
            MetricFamily(
                "dailies_oldest_waiting_seconds",
                help: "For how long the first in line of a priority has waited; 0 is a fresh answer, 10 a bulk import, 12 a rendition.",
                samples: gauges.oldestWaiting.merging([0: 0]) { a, _ in a }.sorted { $0.key < $1.key }.map {
                    .init($0.value, labels: [("priority", "\($0.key)")])
                }),
            MetricFamily(
                "dailies_workers", help: "Workers of the whole queue whose lease holds.", samples: [.init(Double(gauges.workers))]),
            MetricFamily("dailies_workers_slots", help: "Slots of all those workers together.", samples: [.init(Double(gauges.slots))]),
        ]
    }
}

extension InspectorDeath.Cause {
    /// One word for counting.
    fileprivate var label: String {
        switch self {
        case .signal: "signal"
        case .exit: "exit"
        case .wallTime: "wall_time"
        case .cpuTime: "cpu_time"
        case .memory: "memory"
        case .outputTooLarge: "output_too_large"
        case .badReport: "bad_report"
        case .inputOutput: "input_output"
        case .serverDied: "server_died"
        case .killed: "killed"
        }
    }
}
