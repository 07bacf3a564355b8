import Postgres

/// How a reviewer rates beside the others, on the answers that both have scored.
public struct RaterCalibration: Hashable, Sendable, Encodable {
    /// With fewer ratings in common, chance says more than the reviewer does.
    public static let enough = 5

    public var reviewerID: Int64
    public var name: String
    /// Answers that this reviewer and somebody else have scored.
    public var common: Int
    /// How many points above the others' mean this reviewer scores, on average over those answers: below 0 is stricter. `nil`: not
    /// enough in common.
    public var severity: Double?
    /// Cohen's weighted kappa with quadratic weights over all pairs of this reviewer's score and another's of the same answer: 1 is
    /// full agreement, 0 what chance gives. `nil`: not enough in common, or all gave one and the same score, which leaves no chance to
    /// compare with. (J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968.)
    public var agreement: Double?

    public var isEnough: Bool { common >= Self.enough }

    /// - Parameters:
    ///   - pairs: 5 × 5: how often this reviewer gave the row's score and another the column's, to the same answer.
    ///   - differences: The sum of the differences to the others' mean over the common answers.
    public init(reviewerID: Int64, name: String, common: Int, differences: Double, pairs: [[Int]]) {
        self.reviewerID = reviewerID
        self.name = name
        self.common = common
        guard common >= Self.enough else { return }
        severity = differences / Double(common)
        agreement = Self.weightedKappa(pairs)
    }

    static func weightedKappa(_ pairs: [[Int]]) -> Double? {
        let rows = pairs.map { Double($0.reduce(0, +)) }
        let columns = pairs.indices.map { column in Double(pairs.reduce(0) { $0 + $1[column] }) }
        let total = rows.reduce(0, +)
        var observed = 0.0
        var expected = 0.0
        for row in pairs.indices {
            for column in pairs.indices {
                let weight = Double((row - column) * (row - column))
                observed += weight * Double(pairs[row][column])
                expected += weight * rows[row] * columns[column] / total
            }
        }
        return expected > 0 ? 1 - observed / expected : nil
    }
}

extension Reviews {
    /// One for each reviewer of whose ratings the viewer sees any, by name.
    func calibrations(of role: RoleReference, viewer: Viewer) async throws -> [RaterCalibration] {
        // The pairs of each rating come from its answer's distribution: all scores of the answer, less the rating itself.
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.calibrations",
                """
                WITH seen AS MATERIALIZED (
                    SELECT response_id, reviewer_id, score FROM dailies.visible_ratings
                    WHERE viewer_id = \(viewer.reviewerID) AND role_id = \(role.id) AND score IS NOT NULL
                ), answers AS (
                    SELECT response_id, count(*) AS n, sum(score) AS total, count(*) FILTER (WHERE score = 1) AS ones,
                           count(*) FILTER (WHERE score = 2) AS twos, count(*) FILTER (WHERE score = 3) AS threes,
                           count(*) FILTER (WHERE score = 4) AS fours, count(*) FILTER (WHERE score = 5) AS fives
                    FROM seen GROUP BY response_id
                )
                SELECT v.id, v.name, s.score, count(*) FILTER (WHERE a.n > 1) AS common,
                       coalesce(sum(s.score - (a.total - s.score)::float8 / nullif(a.n - 1, 0)) FILTER (WHERE a.n > 1), 0)::float8 AS differences,
                       sum(a.ones)::bigint AS ones, sum(a.twos)::bigint AS twos, sum(a.threes)::bigint AS threes,
                       sum(a.fours)::bigint AS fours, sum(a.fives)::bigint AS fives, count(*) AS own
                FROM seen s
                JOIN answers a ON a.response_id = s.response_id
                JOIN dailies.reviewers v ON v.id = s.reviewer_id
                GROUP BY v.id, v.name, s.score
                ORDER BY lower(v.name), v.id, s.score
                """))
        var calibrations: [RaterCalibration] = []
        var start = rows.startIndex
        while start < rows.endIndex {
            let (id, name): (Int64, String) = (try rows[start].decode("id"), try rows[start].decode("name"))
            var (common, differences) = (0, 0.0)
            var pairs = Array(repeating: Array(repeating: 0, count: 5), count: 5)
            while start < rows.endIndex, try rows[start].decode("id", as: Int64.self) == id {
                let row = rows[start]
                let own = try row.decode("score", as: Int.self) - 1
                for (column, name) in ["ones", "twos", "threes", "fours", "fives"].enumerated() {
                    pairs[own][column] = try row.decode(name)
                }
                pairs[own][own] -= try row.decode("own")
                common += try row.decode("common")
                differences += try row.decode("differences")
                start += 1
            }
            calibrations.append(RaterCalibration(reviewerID: id, name: name, common: common, differences: differences, pairs: pairs))
        }
        return calibrations
    }
}
