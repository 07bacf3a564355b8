public import NullableJSON

/// How many jobs are in each state, ended ones over the last 24 hours. Its cost is bounded: what is too much to count is estimated.
public struct QueueCounts: Hashable, Sendable, Encodable {
    /// The numbers that can be estimates.
    public enum Number: String, Hashable, Sendable, Encodable, CaseIterable {
        case available, scheduled, completed, discarded, cancelled
    }

    /// With the scheduled jobs whose time has come.
    public var available: Int
    public var running: Int
    public var scheduled: Int
    public var completed: Int
    public var discarded: Int
    public var cancelled: Int
    /// For how many seconds the first of the available jobs has waited, by the database's clock; `nil` when none waits. See
    /// ``QueueGauges/oldestWaiting``. Of more than a hundred thousand jobs of one kind and priority only the first in line are looked at.
    @OrNull public var oldestWaitingSeconds: Double?
    /// The number of live workers.
    public var workers: Int
    /// Which of the numbers are estimates, made from a sample of the rows. The others were counted.
    public var estimated: [Number]

    /// Jobs that have not ended.
    public var live: Int { available + running + scheduled }

    /// ``live`` for people, with "about" before it when it contains an estimate.
    public var liveInWords: String { estimated.contains(.available) || estimated.contains(.scheduled) ? "about \(live)" : "\(live)" }

    /// A number for people, with "about" before it when it is an estimate.
    public func inWords(_ number: Number) -> String {
        let value =
            switch number {
            case .available: available
            case .scheduled: scheduled
            case .completed: completed
            case .discarded: discarded
            case .cancelled: cancelled
            }
        return estimated.contains(number) ? "about \(value)" : "\(value)"
    }

    enum CodingKeys: String, CodingKey {
        case available, running, scheduled, completed, discarded, cancelled
        case oldestWaitingSeconds = "oldest_waiting_seconds"
        case workers, estimated
    }
}
