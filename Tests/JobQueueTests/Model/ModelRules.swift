/// The mutants: each breaks one rule of the model, and each has to be caught.
struct ModelRules: OptionSet, Hashable, Sendable {
    let rawValue: Int

    /// A completion fenced by the state alone.
    static let endIgnoresAttempt = ModelRules(rawValue: 1 << 0)
    static let putBackIgnoresAttempt = ModelRules(rawValue: 1 << 1)
    /// A stale completion says that it failed, and its results stay.
    static let staleEndKeepsEffects = ModelRules(rawValue: 1 << 2)
    /// Completing writes the history and forgets to remove the job.
    static let endKeepsJob = ModelRules(rawValue: 1 << 3)
    static let claimKeepsAttempt = ModelRules(rawValue: 1 << 4)
    static let claimTakesRunningJobs = ModelRules(rawValue: 1 << 5)
    static let claimIgnoresLease = ModelRules(rawValue: 1 << 6)
    /// A refund that takes the attempt back.
    static let refundLowersAttempt = ModelRules(rawValue: 1 << 7)
    static let rescueByJobAge = ModelRules(rawValue: 1 << 8)
    static let rescueTrustsLocalClock = ModelRules(rawValue: 1 << 9)
    /// The dead worker's jobs are freed, and its row stays.
    static let rescueKeepsWorker = ModelRules(rawValue: 1 << 10)
    /// The dead worker's row goes, and its jobs stay with it.
    static let rescueForgetsJobs = ModelRules(rawValue: 1 << 11)
    static let rescueLowersAttempt = ModelRules(rawValue: 1 << 12)
    static let leaveForgetsJobs = ModelRules(rawValue: 1 << 13)
    /// A claim whose answer was lost stays with a worker that knows nothing of it.
    static let straysAreKept = ModelRules(rawValue: 1 << 14)
    /// A fence of job and attempt alone, whose numbers come again after a crash of the database.
    static let fenceIgnoresWorker = ModelRules(rawValue: 1 << 15)

    static let mutants: [(name: String, rule: ModelRules)] = [
        ("completion fenced by state only", .endIgnoresAttempt), ("put-back fenced by state only", .putBackIgnoresAttempt),
        ("stale completion keeps its effects", .staleEndKeepsEffects), ("completion keeps the job", .endKeepsJob),
        ("claim does not raise the attempt", .claimKeepsAttempt), ("claim takes running jobs", .claimTakesRunningJobs),
        ("claim without a lease", .claimIgnoresLease), ("refund lowers the attempt", .refundLowersAttempt),
        ("rescue by the job's age", .rescueByJobAge), ("rescue by a local clock", .rescueTrustsLocalClock),
        ("rescue keeps the worker", .rescueKeepsWorker), ("rescue forgets the jobs", .rescueForgetsJobs),
        ("rescue lowers the attempt", .rescueLowersAttempt), ("leaving forgets the jobs", .leaveForgetsJobs),
        ("lost claims are kept", .straysAreKept), ("fence without the worker", .fenceIgnoresWorker),
    ]
}
