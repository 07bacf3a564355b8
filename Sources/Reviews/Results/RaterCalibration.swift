import Postgres

/// How a reviewer's scores compare with the others' scores of the same answers.
public struct RaterCalibration: Hashable, Sendable, Encodable {
    /// With fewer common answers the numbers would be mostly chance.
    public static let enough = 5

    public var reviewerID: Int64
    public var name: String
    /// The number of answers that both this reviewer and another have scored.
    public var common: Int
    /// The average number of points by which this reviewer scores above the others' mean on those answers; below 0 is stricter. `nil` with
    /// too few common answers.
    public var severity: Double?
    /// Cohen's weighted kappa with quadratic weights over all pairs of this reviewer's score and another's of the same answer: 1 is
    /// full agreement, 0 what chance gives. `nil` with too few common answers, or if all scores are the same, because then chance
    /// agreement is complete. (J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968.)
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
    public func calibration(role slug: String, viewer: Viewer) async throws -> RoleCalibration {
        let role = try await reach(slug, viewer: viewer)
        // All scores of the answers that a reviewer gave one and the same score to, added up; apart for answers with more and fewer
        // scores, because the others' mean divides by how many there are.
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.calibrations",
                """
                SELECT s.*, v.name FROM dailies.visible_agreement s JOIN dailies.reviewers v ON v.id = s.reviewer_id
                WHERE s.viewer_id = \(viewer.reviewerID) AND s.role_id = \(role.id)
                ORDER BY lower(v.name), v.id
                """))
        return RoleCalibration(role: role, raters: try Self.raters(rows))
    }

    /// Combines each reviewer's rows, which follow one another.
    private static func raters(_ rows: PostgresRows) throws(PostgresError) -> [RaterCalibration] {
        var raters: [RaterCalibration] = []
        var start = rows.startIndex
        while start < rows.endIndex {
            let (id, name): (Int64, String) = (try rows[start].decode("reviewer_id"), try rows[start].decode("name"))
            var (common, differences) = (0, 0.0)
            var pairs = Array(repeating: Array(repeating: 0, count: 5), count: 5)
            while start < rows.endIndex, try rows[start].decode("reviewer_id", as: Int64.self) == id {
                let row = rows[start]
                let (score, scores, answers): (Int, Int, Int) = (
                    try row.decode("score"), try row.decode("scores"), try row.decode("answers")
                )
                var total = 0
                for (column, name) in ["ones", "twos", "threes", "fours", "fives"].enumerated() {
                    let given: Int = try row.decode(name)
                    pairs[score - 1][column] += given
                    total += given * (column + 1)
                }
                pairs[score - 1][score - 1] -= answers
                if scores > 1 {
                    common += answers
                    // Over these answers, own less (total less own) / (scores − 1), added up.
                    differences += Double(scores * score * answers - total) / Double(scores - 1)
                }
                start += 1
            }
            raters.append(RaterCalibration(reviewerID: id, name: name, common: common, differences: differences, pairs: pairs))
        }
        return raters
    }
}
