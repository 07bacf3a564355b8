/// What a worker has to know of a response to look inside its recording. Nothing of the candidate is in it.
public struct SubmittedRecording: Hashable, Sendable {
    public var responseID: Int64
    /// Where storage holds the bytes.
    public var key: String
    public var declaredType: String?
    public var declaredBytes: Int64?
    public var declaredSHA256: String?
    /// Whether a review record exists already; then there is nothing left to do.
    public var isReviewed: Bool
}
