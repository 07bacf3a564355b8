import FoundationEssentials
public import Inspectors
public import Interviews
public import JobQueue
import Postgres
public import Recordings
public import Storage

/// The job that encodes one response's recording anew, because browsers do not play it as it is.
///
/// The answer is reviewable already and stays so, however this ends. What can be wrong is told apart as in `InspectResponse`; a fault of
/// the recording, or of an FFmpeg without the encoder, discards the job at once with the reason, and `dailies jobs retry` tries again.
public struct RenderResponse: JobHandler {
    static let jobKind = "render_response"
    public let kind = jobKind
    /// The answer is reviewable already, and encoding takes as long as a hundred inspections.
    public let isPatient = true

    private let interviews: Interviews
    private let storage: any RecordingStorage
    private let inspectors: InspectorPool
    private let limits: InspectionLimits
    private let retryPolicy: RetryPolicy

    /// - Parameter limits: of looking inside; a rendition gets what `InspectionLimits.forRendition(durationMs:)` makes of them.
    public init(
        interviews: Interviews, storage: any RecordingStorage, inspectors: InspectorPool, limits: InspectionLimits, retryPolicy: RetryPolicy
    ) {
        self.interviews = interviews
        self.storage = storage
        self.inspectors = inspectors
        self.limits = limits
        self.retryPolicy = retryPolicy
    }

    public func run(_ claim: JobClaim) async throws -> JobResolution {
        let id = try JSONDecoder().decode(InspectResponse.Payload.self, from: claim.payload).responseID
        guard let task = try await interviews.renditionTask(ofResponse: id) else {
            return .cancelled(reason: "the response was deleted, or has a review record that needs no rendition")
        }
        guard !task.isMade else { return .cancelled(reason: "the response has its rendition already") }
        do {
            return try await render(task, claim)
        } catch let error as StorageError {
            try Task.checkCancellation()
            // A recording that was there when it was looked into, and is not now, does not come back by waiting.
            return error.fault == .request ? givingUp(task, because: "\(error)") : .snoozed(reason: "\(error)")
        } catch let error as InspectorError {
            return .snoozed(reason: "\(error)")
        }
    }

    private func render(_ task: RenditionTask, _ claim: JobClaim) async throws -> JobResolution {
        let recording = try await storage.openRecording(try StorageKey(task.key), atMost: limits.recordingBytes)
        let staged = try await storage.stageArtifact()
        let outcome = try await inspectors.render(
            recording: recording.descriptor, to: staged.descriptor, limits: limits.forRendition(durationMs: task.durationMs))
        switch outcome {
        case .report(let report):
            guard var rendition = report.rendition else {
                return givingUp(task, because: (report.obstacle ?? .notDecodable).sentence)
            }
            let ending = MediaType.fileExtension(ofArtifact: rendition.file.mediaType).flatMap { FileExtension($0) }
            let stored = try await storage.publish(staged, fileExtension: ending)
            rendition.file = ArtifactFile(
                file: stored.key.string, mediaType: rendition.file.mediaType, bytes: stored.bytes, sha256: stored.sha256)
            let (interviews, whole) = (interviews, rendition)
            return .completed { connection in try await interviews.record(whole, forResponse: task.responseID, in: connection) }
        case .died(let death):
            return death.resolution(of: claim, retryPolicy) { evidence in givingUp(task, because: "\(death)", evidence: evidence) }
        }
    }

    private func givingUp(_ task: RenditionTask, because why: String, evidence: String? = nil) -> JobResolution {
        let interviews = interviews
        return .discarded(reason: evidence ?? why) { connection in
            try await interviews.refuseRendition(ofResponse: task.responseID, because: why, in: connection)
        }
    }
}
