/// Whether a claim is still held, as the database says.
public enum ClaimStatus: Hashable, Sendable {
    /// The worker still holds it: the transaction that tried to end it did not commit.
    case held
    /// This worker's attempt has ended it.
    case ended
    /// The job was put back or rescued, or no longer exists.
    case lost
}
