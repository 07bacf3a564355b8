/// Where a claim stands in the database.
public enum ClaimStanding: Hashable, Sendable {
    /// Still this worker's: whatever tried to end it did not happen.
    case held
    /// Ended by this very attempt.
    case ended
    /// Given back, rescued, or gone.
    case lost
}
