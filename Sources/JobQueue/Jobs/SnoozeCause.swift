/// Why an attempt ended that uses up nothing.
public enum SnoozeCause: Hashable, Sendable {
    /// Something is away, full, forbidden or missing. `key` is the same for what has the same remedy, such as a SQLSTATE. The circuit breaker
    /// opens.
    case away(key: String)
    /// The machine killed the inspector, or could not make one, most likely for lack of memory. The worker works on fewer jobs at once.
    case shortage

    /// Another session holds a lock on what the job's result is about. That says nothing about other jobs.
    case blocked

    /// Storage, the inspector's program, the way to them.
    public static let infrastructure = away(key: "infrastructure")
}
