import FoundationEssentials
public import Inspectors
public import Interviews
public import JobQueue
public import Logging
public import Recordings
public import Storage

/// The job that looks inside one response's recording and writes its review record.
///
/// The four kinds of failure are handled differently:
/// - the recording's: a review record that says `unusable` and why; no retry. A file that is not there, or not whole, is no fault yet: the job
///   is put off by a plan, see `FileArrival`;
/// - the infrastructure's (storage or database away, disk full): snoozed, no attempt used up;
/// - the inspector died: retried once, then an `unusable` review record, and the job is discarded with its evidence;
/// - a bug of ours (any thrown error): retried, then discarded. The response stays `processing`, and ops people look into it.
///
/// A job with `"again": true` makes a new review record for a response that has one. That one stays in effect until the new one is written, and
/// for good when there is none: when the file is gone, or the inspector dies.
public struct InspectResponse: JobHandler {
    static let jobKind = "inspect_response"
    public let kind = jobKind

    let interviews: Interviews
    let storage: any RecordingStorage
    let inspectors: InspectorPool
    let limits: InspectionLimits
    let arrival: FileArrival
    let retryPolicy: RetryPolicy
    let observe: @Sendable (InspectionEvent) -> Void
    let logger: Logger

    /// - Parameter fileWait: how long a recording's file is waited for from the first look on.
    public init(
        interviews: Interviews, storage: any RecordingStorage, inspectors: InspectorPool, limits: InspectionLimits,
        fileWait: Duration, retryPolicy: RetryPolicy, observe: @escaping @Sendable (InspectionEvent) -> Void = { _ in },
        logger: Logger
    ) {
        self.interviews = interviews
        self.storage = storage
        self.inspectors = inspectors
        self.limits = limits
        arrival = FileArrival(patience: fileWait)
        self.retryPolicy = retryPolicy
        self.observe = observe
        self.logger = logger
    }

    struct Payload: Decodable {
        var responseID: Int64
        /// Whether to make a new review record in the place of the one that is there.
        var again: Bool?

        enum CodingKeys: String, CodingKey {
            case responseID = "response_id"
            case again
        }

        /// `nil` when the payload is none of this job's.
        init?(of claim: JobClaim) {
            guard let payload = try? JSONDecoder().decode(Self.self, from: claim.payload) else { return nil }
            self = payload
        }

        /// Waiting does not mend a payload, so the job has no second attempt.
        static let refused = JobResolution.discarded(reason: "the payload cannot be read: it has to name a response by its id") { _ in }
    }

    public func run(_ claim: JobClaim) async throws -> JobResolution {
        guard let payload = Payload(of: claim) else { return Payload.refused }
        guard let submitted = try await interviews.recording(ofResponse: payload.responseID) else {
            return .cancelled(reason: "the response was deleted")
        }
        if submitted.isReviewed {
            guard payload.again == true else { return .cancelled(reason: "the response has its review record already") }
            guard submitted.reinspectingJob == claim.id else { return .cancelled(reason: "the response was looked into again already") }
        }
        return try await review(submitted, claim)
    }
}
