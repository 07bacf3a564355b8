import Health
import Interviews
import JobQueue

/// The metrics that are read from the database at each scrape. What cannot be read is left out.
extension WorkerMetrics {
    static func families(of gauges: ReconciliationGauges?) -> [MetricFamily] {
        guard let gauges else { return [] }
        return [
            MetricFamily(
                "dailies_answers_without_job",
                help: "Answers without a job that are older than the history, so that only a person can say whether they need one.",
                samples: [.init(Double(gauges.answersWithoutJob))]),
            MetricFamily(
                "dailies_jobs_given_total", help: "Jobs that workers inserted for answers that had none, of the whole queue.",
                kind: .counter,
                samples: [.init(Double(gauges.jobsGiven))]),
            MetricFamily(
                "dailies_jobs_without_answer", help: "Live jobs whose answer was deleted, counted up to 1,000.",
                samples: [.init(Double(gauges.jobsWithoutAnswer))]),
            MetricFamily(
                "dailies_answers_looked_after_seconds", help: "Seconds since a worker last looked for answers without a job.",
                samples: gauges.secondsAgo.map { [.init($0)] } ?? []),
        ]
    }

    static func families(of gauges: TransactionGauges?) -> [MetricFamily] {
        guard let gauges else { return [] }
        return [
            MetricFamily(
                "dailies_notification_queue_ratio", help: "How full the server's queue of notifications is, from 0 to 1.",
                samples: [.init(gauges.notificationQueue)]),
            MetricFamily(
                "dailies_oldest_idle_transaction_seconds", help: "Age of the oldest transaction whose session stands idle; 0 without one.",
                samples: gauges.oldestIdle.map { [.init($0)] } ?? []),
            MetricFamily(
                "dailies_oldest_prepared_transaction_seconds", help: "Age of the oldest prepared transaction; 0 without one.",
                samples: [.init(gauges.oldestPrepared)]),
        ]
    }
}
