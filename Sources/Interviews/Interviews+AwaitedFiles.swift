public import Postgres

/// What earlier looks found of a response's file, when it was not there or not whole.
public struct AwaitedFile: Hashable, Sendable {
    /// How many looks there were.
    public var looks: Int
    /// Since the first look, by the database's clock.
    public var waited: Duration
    /// How many bytes the last look found; `nil` for no file.
    public var bytes: Int64?
}

extension Interviews {
    /// Records that a response's file was not there, or not whole. Call it in the transaction that puts the job back.
    /// - Parameter bytes: how many bytes were there; `nil` for no file.
    public func awaitFile(
        ofResponse id: Int64, job: Int64, found bytes: Int64?, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            PostgresQuery(named: "awaited_files.await", "SELECT dailies.await_file(\(id), \(job), \(bytes)::bigint)"))
    }

    /// The file has come. Nothing depends on this but what people are shown until the review record is there.
    public func stopAwaitingFile(ofResponse id: Int64) async throws {
        try await pool.execute(
            PostgresQuery(named: "awaited_files.arrived", "DELETE FROM dailies.awaited_files WHERE response_id = \(id)"))
    }

    /// How many jobs are put off because they wait for their file.
    public func jobsAwaitingFiles() async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "awaited_files.jobs",
                """
                SELECT count(*) FROM dailies.awaited_files f JOIN dailies.jobs j ON j.id = f.job_id WHERE j.state = 'scheduled'
                """)
        ).one().decode(at: 0)
    }
}
