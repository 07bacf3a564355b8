public import FoundationEssentials
public import Postgres
import Recordings

/// Which review records to have made anew. Every condition that is there must hold.
public struct ReinspectionFilter: Hashable, Sendable {
    /// The code of an unusable recording's reason.
    public var reason: String?
    public var flag: String?
    /// The role's slug.
    public var role: String?
    /// Records that were written from this time on.
    public var since: Date?
    /// Records that were written before this time.
    public var until: Date?

    public init(reason: String? = nil, flag: String? = nil, role: String? = nil, since: Date? = nil, until: Date? = nil) {
        self.reason = reason
        self.flag = flag
        self.role = role
        self.since = since
        self.until = until
    }

    public var isEmpty: Bool { self == ReinspectionFilter() }
}

/// What became of the wish to have a recording looked into again.
public enum Reinspection: String, Hashable, Sendable, PostgresDecodable {
    case asked
    /// It is being looked into again already.
    case underWay = "under_way"
    /// It waits for its file, and is looked for now.
    case sooner
    /// Nobody has looked into it yet.
    case unseen
}

extension Interviews {
    /// The responses whose review records match, in order.
    public func responses(matching filter: ReinspectionFilter) async throws -> [Int64] {
        try await pool.query(
            PostgresQuery(
                named: "reinspections.matching",
                """
                SELECT rr.response_id FROM dailies.review_records rr
                JOIN dailies.responses r ON r.id = rr.response_id
                JOIN dailies.roles ON roles.id = r.role_id
                WHERE (\(filter.reason)::text IS NULL OR rr.reason = \(filter.reason))
                  AND (\(filter.flag)::text IS NULL
                       OR EXISTS (SELECT FROM dailies.flags f WHERE f.response_id = rr.response_id AND f.name = \(filter.flag)))
                  AND (\(filter.role)::text IS NULL OR roles.slug = \(filter.role))
                  AND (\(filter.since)::timestamptz IS NULL OR rr.created_at >= \(filter.since))
                  AND (\(filter.until)::timestamptz IS NULL OR rr.created_at < \(filter.until))
                ORDER BY rr.response_id
                """), as: Int64.self)
    }

    /// Has recordings looked into again. Each review record stays in effect until the new one takes its place; then it goes into the history.
    /// - Parameters:
    ///   - reason: kept with the former record; 1 to 500 characters.
    ///   - reviewer: who asks, for the trail; `nil` for a person at the command line.
    /// - Returns: what became of each response that exists, in order.
    public func reinspect(responses ids: [Int64], reason: String, by reviewer: Int64? = nil) async throws -> [(
        id: Int64, became: Reinspection
    )] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(
                    named: "reinspections.ask", "SELECT * FROM dailies.reinspect_responses(\(ids), \(reason), \(reviewer)::bigint)"))
        }.map { row throws(PostgresError) in (id: try row.decode("response_id"), became: try row.decode("became")) }
    }
}
