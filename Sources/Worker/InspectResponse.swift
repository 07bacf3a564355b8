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
/// - the recording's: a review record that says `unusable` and why; no retry;
/// - the infrastructure's (storage or database away, disk full): snoozed, no attempt used up;
/// - the inspector died: retried once, then an `unusable` review record, and the job is discarded with its evidence;
/// - a bug of ours (any thrown error): retried, then discarded. The response stays `processing`, and ops people look into it.
public struct InspectResponse: JobHandler {
    static let jobKind = "inspect_response"
    public let kind = jobKind

    let interviews: Interviews
    let storage: any RecordingStorage
    let inspectors: InspectorPool
    let limits: InspectionLimits
    let retryPolicy: RetryPolicy
    let observe: @Sendable (InspectionEvent) -> Void
    let logger: Logger

    public init(
        interviews: Interviews, storage: any RecordingStorage, inspectors: InspectorPool, limits: InspectionLimits,
        retryPolicy: RetryPolicy, observe: @escaping @Sendable (InspectionEvent) -> Void = { _ in },
        logger: Logger
    ) {
        self.interviews = interviews
        self.storage = storage
        self.inspectors = inspectors
        self.limits = limits
        self.retryPolicy = retryPolicy
        self.observe = observe
        self.logger = logger
    }

    struct Payload: Decodable {
        var responseID: Int64

        enum CodingKeys: String, CodingKey {
            case responseID = "response_id"
        }
    }

    public func run(_ claim: JobClaim) async throws -> JobResolution {
        let id = try JSONDecoder().decode(Payload.self, from: claim.payload).responseID
        guard let submitted = try await interviews.recording(ofResponse: id) else {
            return .cancelled(reason: "the response was deleted")
        }
        guard !submitted.isReviewed else {
            return .cancelled(reason: "the response has its review record already")
        }
        return try await review(submitted, claim)
    }
}
