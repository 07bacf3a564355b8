import Postgres
import Reviews
import TestSupport
import Testing

/// Walls and results read counts that are kept beside the answers; these are those of the ratings at every moment.
@Suite(.tags(.database))
struct ScoreCountsTests {
    /// Answers whose counts are not what their ratings say.
    private func wrong(_ panel: Panel) async throws -> Int {
        try await panel.value(
            """
            SELECT count(*) FROM dailies.current_answers c, dailies.count_scores(c.response_id) AS s
            WHERE (c.ones, c.twos, c.threes, c.fours, c.fives, c.abstentions)
                  IS DISTINCT FROM (s.ones, s.twos, s.threes, s.fours, s.fives, s.abstentions)
            """)
    }

    private func counts(_ panel: Panel, _ answer: Int64) async throws -> [Int] {
        try await panel.value(
            "SELECT ARRAY[ones, twos, threes, fours, fives, abstentions]::integer[] FROM dailies.current_answers WHERE response_id = \(answer)",
            as: [Int32].self
        ).map(Int.init)
    }

    @Test func `a rating is counted when it is given, changed, made an abstention, and taken away`() async throws {
        try await Panel.with { panel in
            let answer = try await panel.answer("Ada")
            try await panel.reviews.rate(answer, .score(2), viewer: panel.rosa)
            try await panel.reviews.rate(answer, .score(5), viewer: panel.sam)
            #expect(try await counts(panel, answer) == [0, 1, 0, 0, 1, 0])
            try await panel.reviews.rate(answer, .score(3), viewer: panel.rosa)
            try await panel.reviews.rate(answer, .abstained(.technicalFault), viewer: panel.sam)
            #expect(try await counts(panel, answer) == [0, 0, 1, 0, 0, 1])
            try await panel.pool.execute("DELETE FROM dailies.ratings WHERE reviewer_id = \(panel.sam.reviewerID)")
            #expect(try await counts(panel, answer) == [0, 0, 1, 0, 0, 0])
        }
    }

    @Test func `none is lost when all rate the same answer at once`() async throws {
        try await Panel.with { panel in
            let answer = try await panel.answer("Ada")
            var viewers: [Viewer] = []
            for number in 1...8 { viewers.append(try await Panel.account("Reviewer\(number)", .admin, in: panel.pool)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for viewer in viewers { group.addTask { try await panel.reviews.rate(answer, .score(4), viewer: viewer) } }
                try await group.waitForAll()
            }
            #expect(try await counts(panel, answer) == [0, 0, 0, 8, 0, 0])
        }
    }

    @Test func `a new take begins without scores, and a take that goes gives its place and scores back`() async throws {
        try await Panel.with { panel in
            let first = try await panel.answer("Ada")
            try await panel.reviews.rate(first, .score(1), viewer: panel.rosa)
            let second = try await panel.answer("Ada", take: 2)
            #expect(try await counts(panel, second) == [0, 0, 0, 0, 0, 0])
            try await panel.reviews.rate(first, .score(2), viewer: panel.rosa)
            #expect(try await wrong(panel) == 0)
            try await panel.pool.execute("DELETE FROM dailies.responses WHERE id = \(second)")
            #expect(try await counts(panel, first) == [0, 1, 0, 0, 0, 0])
        }
    }

    @Test func `the wall looks for split opinions among those that I may see`() async throws {
        try await Panel.with { panel in
            let answer = try await panel.answer("Ada")
            _ = try await panel.answer("Bob")
            try await panel.reviews.rate(answer, .score(1), viewer: panel.sam)
            try await panel.reviews.rate(answer, .score(5), viewer: panel.admin)
            func split() async throws -> Wall { try await panel.reviews.wall(role: "baker", filter: .split, viewer: panel.rosa) }
            #expect(try await split().rows == [])
            try await panel.reviews.rate(answer, .score(3), viewer: panel.rosa)
            let wall = try await split()
            #expect(wall.count == 1 && wall.rows.first?.cells[0]?.isSplit == true && wall.rows.first?.cells[0]?.isMatch == true)
            let all = try await panel.reviews.wall(role: "baker", viewer: panel.rosa)
            #expect(all.rows.map { $0.cells[0]?.isSplit } == [true, false])
            try await panel.set(others: "never")
            #expect(try await split().rows == [])
        }
    }
}
