/// What a worker needs to inspect a response's recording. It tells nothing about the candidate.
public struct SubmittedRecording: Hashable, Sendable {
    public var responseID: Int64
    /// The recording's storage key.
    public var key: String
    public var declaredType: String?
    public var declaredBytes: Int64?
    public var declaredSHA256: String?
    /// Whether a review record exists already.
    public var isReviewed: Bool
}
