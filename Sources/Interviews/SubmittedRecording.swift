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
    /// The job that is to make a new review record in the place of the one that is there; `nil` when nobody wants that.
    public var reinspectingJob: Int64?
    /// What earlier looks found, when the file was not there or not whole.
    public var awaited: AwaitedFile?
}
