import Postgres
import Storage
import SystemPackage

@testable import ReviewSite

extension TestSite {
    /// The first answer is reviewed anew, with another file as its playback copy.
    /// - Parameter fill: Writes the file.
    func replacePlayback(_ fill: (FileDescriptor) throws -> Void) async throws {
        let staged = try await services.storage.stageArtifact()
        try fill(staged.descriptor)
        let stored = try await services.storage.publish(staged, fileExtension: nil)
        try await pool.execute(
            """
            WITH former AS (DELETE FROM dailies.review_records WHERE response_id = \(answers[0]) RETURNING report::jsonb)
            INSERT INTO dailies.review_records (response_id, report)
            SELECT \(answers[0]), jsonb_set(report, '{artifacts,playback}', (report #> '{artifacts,playback}') || jsonb_build_object(
                'file', \(stored.key.string)::text, 'bytes', \(stored.bytes)::bigint, 'sha256', \(stored.sha256)::text))::json
            FROM former
            """)
    }
}
