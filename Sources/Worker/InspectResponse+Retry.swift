import FoundationEssentials
public import Interviews
public import JobQueue
public import Postgres

extension InspectResponse {
    /// Undoes what an earlier ending wrote that a new attempt has to write anew: the record of an inspector's death. Belongs
    /// into the transaction that puts the job back.
    /// - Throws: what the database says; and `DecodingError` for a payload that is none of this kind's.
    public static func prepareRetry(
        of job: RetriedJob, reason: String, interviews: Interviews, in connection: PostgresConnection
    ) async throws {
        guard job.kind == jobKind else { return }
        let id = try JSONDecoder().decode(Payload.self, from: job.payload).responseID
        try await interviews.reopen(response: id, reason: reason, in: connection)
    }
}
