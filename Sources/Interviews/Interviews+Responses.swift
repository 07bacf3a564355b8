import ForeignText
public import Postgres
public import Recordings

extension Interviews {
    /// Submits a recorded answer whose recording is already in storage. Submitting it again returns the same response.
    /// - Returns: the response's id. Its job is in the queue when this returns.
    /// - Throws: `InterviewsError` for a role or question that does not exist, or an invalid candidate.
    public func submit(_ submission: Submission) async throws -> Int64 {
        do {
            return try await pool.query(
                PostgresQuery(
                    named: "responses.submit",
                    """
                    SELECT dailies.submit_response(
                        \(submission.role), \(submission.question), \(submission.candidateName), \(submission.candidateEmail),
                        \(submission.recordingKey), \(submission.declaredType), \(submission.declaredBytes),
                        \(submission.declaredSHA256), \(submission.bulk)) AS id
                    """)
            ).one().decode("id")
        } catch {
            throw InterviewsError(refusal: error, of: submission) ?? error
        }
    }

    /// What a worker needs to inspect a response; `nil` when the response no longer exists.
    public func recording(ofResponse id: Int64) async throws -> SubmittedRecording? {
        try await pool.query(
            PostgresQuery(
                named: "responses.recording",
                """
                SELECT r.id, r.recording_key, r.declared_type, r.declared_bytes, r.declared_sha256,
                       EXISTS (SELECT FROM dailies.review_records rr WHERE rr.response_id = r.id) AS is_reviewed,
                       (SELECT x.job_id FROM dailies.reinspections x WHERE x.response_id = r.id) AS reinspecting_job,
                       f.looks, f.bytes AS found_bytes, extract(epoch FROM now() - f.since)::double precision AS waited
                FROM dailies.responses r LEFT JOIN dailies.awaited_files f ON f.response_id = r.id
                WHERE r.id = \(id)
                """)
        ).decode(SubmittedRecording.self).first
    }

    /// Writes a response's review record with its flags and artifacts. Call it in the transaction that ends the job.
    /// - Parameter report: complete, with every artifact's storage key, size and hash.
    public func record(_ report: Report, forResponse id: Int64, in connection: PostgresConnection) async throws {
        let json = String(decoding: try report.json(), as: UTF8.self)
        try await connection.execute(
            PostgresQuery(named: "review_records.record", "SELECT dailies.record_review(\(id), \(json)::json)"))
    }

    /// Puts a review record in the place of the one that is there, which goes into the history. Call it in the transaction that ends the job
    /// that was made for it.
    /// - Parameter report: complete, with every artifact's storage key, size and hash.
    public func replaceRecord(with report: Report, forResponse id: Int64, in connection: PostgresConnection) async throws {
        let json = String(decoding: try report.json(), as: UTF8.self)
        try await connection.execute(
            PostgresQuery(named: "review_records.replace", "SELECT dailies.replace_review(\(id), \(json)::json)"))
    }
}

extension InterviewsError {
    /// Turns a refusal of the database into an error for the person who submitted the answer.
    fileprivate init?(refusal error: PostgresError, of submission: Submission) {
        switch (error.sqlState?.rawValue, error.constraint) {
        case ("DA002", _):
            self.init(
                code: .unknownRole,
                description: "There is no role \"\(submission.role)\". Load it with `dailies role load FILE.yaml`, or correct the name.")
        case ("DA003", _):
            self.init(
                code: .unknownQuestion,
                description: "The role \"\(submission.role)\" has no question \"\(submission.question)\". Name it by its key or its number."
            )
        case (_, let constraint?) where constraint.begins(with: "candidates_name"):
            self.init(code: .invalidCandidate, description: "The candidate's name is empty or longer than 200 characters.")
        case (_, let constraint?) where constraint.begins(with: "candidates_email"):
            self.init(
                code: .invalidCandidate,
                description:
                    "The candidate's e-mail address is not one: it is name@domain, without blanks and characters that cannot be seen.")
        default:
            return nil
        }
    }
}

extension SubmittedRecording: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            responseID: try row.decode("id"), key: try row.decode("recording_key"), declaredType: try row.decode("declared_type"),
            declaredBytes: try row.decode("declared_bytes"), declaredSHA256: try row.decode("declared_sha256"),
            isReviewed: try row.decode("is_reviewed"), reinspectingJob: try row.decode("reinspecting_job"),
            awaited: try row.decode("looks", as: Int?.self).map { looks throws(PostgresError) in
                AwaitedFile(
                    looks: looks, waited: .seconds(try row.decode("waited", as: Double.self)), bytes: try row.decode("found_bytes"))
            })
    }
}
