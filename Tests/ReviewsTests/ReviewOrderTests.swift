import Reviews
import TestSupport
import Testing

@Suite(.tags(.database))
struct ReviewOrderTests {
    private func order(_ panel: Panel, _ viewer: Viewer, _ question: String = "bread") async throws -> [Int64] {
        try await panel.reviews.questionQueue(role: "baker", question: question, viewer: viewer).items.map(\.interviewID)
    }

    @Test func `the order is the same after a reload, and newcomers are put in without moving the others`() async throws {
        try await Panel.with { panel in
            for number in 1...12 { _ = try await panel.answer("N\(number)") }
            let before = try await order(panel, panel.rosa)
            #expect(try await order(panel, panel.rosa) == before)
            for number in 13...16 { _ = try await panel.answer("N\(number)") }
            let after = try await order(panel, panel.rosa)
            #expect(after.count == 16)
            #expect(after.filter(before.contains) == before)
        }
    }

    @Test func `over many reviewers nobody is always first, and a question's order is not another's`() async throws {
        try await Panel.with { panel in
            for number in 1...6 {
                _ = try await panel.answer("N\(number)")
                _ = try await panel.answer("N\(number)", "rolls")
            }
            var firsts: [Int64: Int] = [:]
            var sameForBoth = 0
            for number in 1...60 {
                let viewer = try await Panel.account("Reviewer\(number)", .reviewer, in: panel.pool)
                try await panel.assign(viewer)
                let bread = try await order(panel, viewer)
                firsts[bread[0], default: 0] += 1
                if try await order(panel, viewer, "rolls") == bread { sameForBoth += 1 }
            }
            // Of 60, each is expected first 10 times; that one of six is so less than once or more than 30 times is rarer than 1 in 10,000.
            #expect(firsts.count == 6 && firsts.values.allSatisfy { $0 < 30 })
            #expect(sameForBoth < 5)
        }
    }
}
