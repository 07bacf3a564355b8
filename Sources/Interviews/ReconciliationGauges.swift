public import Postgres

/// What the look for answers without a job has found.
public struct ReconciliationGauges: Hashable, Sendable {
    /// Responses that the last whole walk left without a job, because the history does not reach back to them.
    public var answersWithoutJob: Int
    /// Jobs that were inserted for responses that had none, since the table was made.
    public var jobsGiven: Int
    /// Live jobs whose response is not there, counted up to 1,000.
    public var jobsWithoutAnswer: Int
    /// How long ago a worker looked last, by the database's clock; `nil` when none has.
    public var secondsAgo: Double?

    public init(answersWithoutJob: Int, jobsGiven: Int, jobsWithoutAnswer: Int, secondsAgo: Double?) {
        self.answersWithoutJob = answersWithoutJob
        self.jobsGiven = jobsGiven
        self.jobsWithoutAnswer = jobsWithoutAnswer
        self.secondsAgo = secondsAgo
    }
}

extension ReconciliationGauges: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            answersWithoutJob: try row.decode("answers_without_job"), jobsGiven: try row.decode("jobs_given"),
            jobsWithoutAnswer: try row.decode("jobs_without_answer"), secondsAgo: try row.decode("seconds_ago"))
    }
}
