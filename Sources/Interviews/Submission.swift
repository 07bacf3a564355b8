/// One recorded answer, as a program submits it; see `dailies.submit_response` in the schema.
public struct Submission: Hashable, Sendable {
    public var role: String
    /// The question's key, or its number in the role's list.
    public var question: String
    public var candidateName: String
    public var candidateEmail: String
    public var recordingKey: String
    public var declaredType: String?
    public var declaredBytes: Int64?
    public var declaredSHA256: String?
    /// Whether it is part of a bulk import, which waits behind fresh answers.
    public var bulk: Bool

    public init(
        role: String, question: String, candidateName: String, candidateEmail: String, recordingKey: String, declaredType: String? = nil,
        declaredBytes: Int64? = nil, declaredSHA256: String? = nil, bulk: Bool = false
    ) {
        self.role = role
        self.question = question
        self.candidateName = candidateName
        self.candidateEmail = candidateEmail
        self.recordingKey = recordingKey
        self.declaredType = declaredType
        self.declaredBytes = declaredBytes
        self.declaredSHA256 = declaredSHA256
        self.bulk = bulk
    }
}
