/// The state of a live job, or the outcome of an ended one.
public enum JobStatus: String, Sendable, Hashable, CaseIterable, Codable {
    case available, running, scheduled
    case completed, discarded, cancelled

    public static let live: Set<JobStatus> = [.available, .running, .scheduled]
    public static let ended: Set<JobStatus> = [.completed, .discarded, .cancelled]

    public var isLive: Bool { Self.live.contains(self) }
}
