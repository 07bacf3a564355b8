import Inspectors
import Interviews
import JobQueue
import Recordings
import Storage

extension InspectResponse {
    /// Opens the recording, inspects it and publishes the artifacts. The resolution writes to the database.
    func review(_ submitted: SubmittedRecording, _ claim: JobClaim) async throws -> JobResolution {
        do {
            let key = try StorageKey(submitted.key)
            let recording = try await storage.openRecording(key, atMost: limits.recordingBytes)
            let sight = FileArrival.Sight.file(bytes: recording.bytes, isSettled: !recording.isJustWritten)
            if let waiting = waiting(on: sight, submitted, claim) { return waiting }
            if submitted.awaited != nil { try await interviews.stopAwaitingFile(ofResponse: submitted.responseID) }
            return try await inspect(recording, key, submitted, claim)
        } catch let error as StorageError {
            // A network wait that was cancelled because the worker stops looks like a storage failure.
            try Task.checkCancellation()
            if error.code == .tooLarge {
                return conclude(.unusable(UnusableReason(.tooLarge), container: container(of: submitted, bytes: error.bytes)), submitted)
            }
            observe(.storageFailed(error.code))
            if error.code == .damaged { return .untilRestored(error) }
            return resolution(of: error, submitted, claim)
        } catch let error as InspectorError {
            return .snoozed(reason: "\(error)", cause: error.isShortage ? .shortage : .infrastructure)
        }
    }

    private func inspect(
        _ recording: borrowing OpenedFile, _ key: StorageKey, _ submitted: SubmittedRecording, _ claim: JobClaim
    ) async throws -> JobResolution {
        var staged = try await StagedArtifacts(in: storage)
        // Hashed here and not by the inspector, because the inspector's report is not trusted.
        let descriptor = recording.descriptor
        let begin = ContinuousClock.now
        async let sha256 = OpenedFile.sha256(of: descriptor)
        let outcome = try await inspectors.inspect(
            recording: descriptor,
            request: InspectionRequest(declaredType: submitted.declaredType, declaredBytes: submitted.declaredBytes, limits: limits),
            artifacts: staged.descriptors)
        let found = try await sha256
        // Nobody is judged by other bytes than were sent.
        if let digest = key.digest, digest != found { throw StorageError.damaged(key) }
        switch outcome {
        case .report(var report):
            report.container.bytes = recording.bytes
            report.container.sha256 = found
            report.compare(announcedSHA256: submitted.declaredSHA256)
            // What was read is then no recording that anybody sent.
            let now = try await recording.bytesNow()
            if now != recording.bytes, let waiting = waiting(on: .file(bytes: now, isSettled: false), submitted, claim) { return waiting }
            try await report.publishArtifacts(into: &staged)
            observe(
                .reported(
                    recordingSeconds: Double(report.durationMs ?? 0) / 1000,
                    spentSeconds: (ContinuousClock.now - begin) / .seconds(1)))
            return conclude(report, submitted)
        case .died(let death):
            observe(.died(death.cause))
            let container = container(of: submitted, bytes: recording.bytes, sha256: found)
            return resolution(of: death, container, submitted, claim)
        }
    }

    /// Completes the job; its transaction writes the review record.
    private func conclude(_ report: Report, _ submitted: SubmittedRecording) -> JobResolution {
        .completed(writing(report, submitted))
    }

    private func writing(_ report: Report, _ submitted: SubmittedRecording) -> JobResolution.Effects {
        let interviews = interviews
        guard submitted.isReviewed else {
            return { connection in try await interviews.record(report, forResponse: submitted.responseID, in: connection) }
        }
        return { connection in try await interviews.replaceRecord(with: report, forResponse: submitted.responseID, in: connection) }
    }

    /// Puts the job off when the file is not there or not whole; `nil` when it is, or the wait is over.
    private func waiting(on sight: FileArrival.Sight, _ submitted: SubmittedRecording, _ claim: JobClaim) -> JobResolution? {
        let decision = arrival.decision(
            on: sight, declared: submitted.declaredBytes, after: submitted.awaited.map { ($0.looks, $0.waited, $0.bytes) },
            jitter: .random(in: 0...1))
        guard case .wait(let delay, let why) = decision else { return nil }
        let (interviews, response, job) = (interviews, submitted.responseID, claim.id)
        let bytes: Int64? = if case .file(let bytes, _) = sight { bytes } else { nil }
        return .postponed(reason: "waits for its file: \(why)", after: delay) { connection in
            try await interviews.awaitFile(ofResponse: response, job: job, found: bytes, in: connection)
        }
    }

    private func resolution(
        of death: InspectorDeath, _ container: Container, _ submitted: SubmittedRecording, _ claim: JobClaim
    ) -> JobResolution {
        death.resolution(of: claim, retryPolicy) { evidence in
            // It says nothing about the recording that the earlier record does not know better.
            guard !submitted.isReviewed else { return .discarded(reason: evidence, { _ in }) }
            let report = Report.unusable(UnusableReason(death.reasonCode), container: container)
            return .discarded(reason: evidence, writing(report, submitted))
        }
    }

    private func resolution(of error: StorageError, _ submitted: SubmittedRecording, _ claim: JobClaim) -> JobResolution {
        guard error.fault == .request else { return .snoozed(reason: "\(error)") }
        if submitted.isReviewed {
            return .discarded(reason: "\(error) The earlier review record stays.", { _ in })
        }
        if error.code == .notFound, let waiting = waiting(on: .absent, submitted, claim) { return waiting }
        let reason =
            error.code == .notFound
            ? UnusableReason(.missing)
            : UnusableReason(
                .notMedia, message: "What was sent is not a file but a folder or a link. Ask the candidate to send the recording itself.")
        return conclude(.unusable(reason, container: container(of: submitted)), submitted)
    }

    private func container(of submitted: SubmittedRecording, bytes: Int64? = nil, sha256: String? = nil) -> Container {
        Container(bytes: bytes, sha256: sha256, declaredType: submitted.declaredType)
    }
}
