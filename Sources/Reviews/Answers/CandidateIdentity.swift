public import Postgres

/// A candidate as the viewer may know them.
public struct CandidateIdentity: Hashable, Sendable, Encodable {
    /// Stable, random, unique within the role: "Candidate 4F7K".
    public var pseudonym: String
    /// `nil` in a blind role.
    public var name: String?

    /// The name to show: the real name or the pseudonym.
    public var label: String { name ?? pseudonym }
}

extension CandidateIdentity: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        pseudonym = try row.decode("pseudonym")
        name = try row.decode("candidate_name")
    }
}
