import FoundationEssentials
public import Inspectors
public import Interviews
public import JobQueue
import Postgres
public import Recordings
public import Storage

/// The job that makes a rendition of one response's recording, because browsers do not play the recording's own codecs.
///
/// The answer is reviewable already and stays so with any outcome of this job. Failures are handled as in `InspectResponse`, with one
/// difference: a fault of the recording, or an FFmpeg without the encoder, discards the job at once. `dailies jobs retry` tries again.
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

    /// - Parameter limits: the limits of an inspection. `InspectionLimits.forRendition(durationMs:)` derives the rendition's limits from them.
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
        guard let payload = InspectResponse.Payload(of: claim) else { return InspectResponse.Payload.refused }
        guard let task = try await interviews.renditionTask(ofResponse: payload.responseID) else {
            return .cancelled(reason: "the response was deleted, or has a review record that needs no rendition")
        }
        guard !task.isMade else { return .cancelled(reason: "the response has its rendition already") }
        do {
            return try await render(task, claim)
        } catch let error as StorageError {
            try Task.checkCancellation()
            if error.code == .damaged { return .untilRestored(error) }
            // The recording was there when it was inspected. If it is missing now, waiting does not bring it back.
            return error.fault == .request ? discarding(task, because: "\(error)") : .snoozed(reason: "\(error)")
        } catch let error as InspectorError {
            return .snoozed(reason: "\(error)", cause: error.isShortage ? .shortage : .infrastructure)
        }
    }

    private func render(_ task: RenditionTask, _ claim: JobClaim) async throws -> JobResolution {
        let key = try StorageKey(task.key)
        let recording = try await storage.openRecording(key, atMost: limits.recordingBytes)
        let staged = try await storage.stageArtifact()
        let descriptor = recording.descriptor
        async let sha256 = OpenedFile.sha256(of: descriptor)
        let outcome = try await inspectors.render(
            recording: descriptor, to: staged.descriptor, limits: limits.forRendition(durationMs: task.durationMs))
        // What people watch is what was inspected. Otherwise the recording was damaged or replaced since.
        if let inspected = task.sha256, try await sha256 != inspected { throw StorageError.damaged(key) }
        switch outcome {
        case .report(let report):
            guard var rendition = report.rendition else {
                return discarding(task, because: (report.obstacle ?? .notDecodable).sentence)
            }
            let ending = MediaType.fileExtension(ofArtifact: rendition.file.mediaType).flatMap { FileExtension($0) }
            let stored = try await storage.publish(staged, fileExtension: ending)
            rendition.file = ArtifactFile(
                file: stored.key.string, mediaType: rendition.file.mediaType, bytes: stored.bytes, sha256: stored.sha256)
            let (interviews, whole) = (interviews, rendition)
            return .completed { connection in try await interviews.record(whole, forResponse: task.responseID, in: connection) }
        case .died(let death):
            return death.resolution(of: claim, retryPolicy) { evidence in discarding(task, because: "\(death)", evidence: evidence) }
        }
    }

    private func discarding(_ task: RenditionTask, because why: String, evidence: String? = nil) -> JobResolution {
        let interviews = interviews
        return .discarded(reason: evidence ?? why) { connection in
            try await interviews.refuseRendition(ofResponse: task.responseID, because: why, in: connection)
        }
    }
}
