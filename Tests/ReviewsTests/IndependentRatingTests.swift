import Reviews
import TestSupport
import Testing

/// Until I have rated an answer, nothing shows me what others left on it.
@Suite(.tags(.database))
struct IndependentRatingTests {
    /// Everything through which Rosa might learn of Sam's judgement of an answer.
    private func seenByRosa(_ panel: Panel, _ answer: Int64, as viewer: Viewer? = nil) async throws -> (ratings: [Int?], comments: [String])
    {
        let viewer = viewer ?? panel.rosa
        let others = try await panel.reviews.ratings(of: answer, viewer: viewer).filter { $0.reviewerID != viewer.reviewerID }
        let comments = try await panel.reviews.comments(on: answer, viewer: viewer).filter { !$0.isMine }
        let interview = try await panel.interview(of: answer)
        let item = try #require(try await panel.reviews.interview(interview, viewer: viewer).items.first { $0.responseID == answer })
        let details = try await panel.reviews.answer(answer, viewer: viewer)
        #expect(details.isOpen == !others.isEmpty)
        #expect(item.scores.count == others.count + (item.mine?.score == nil ? 0 : 1))
        return (others.map(\.judgement.score), comments.map(\.body))
    }

    private func judgedBySam(_ panel: Panel) async throws -> Int64 {
        let answer = try await panel.answer("Ada")
        try await panel.reviews.rate(answer, .score(1), viewer: panel.sam)
        _ = try await panel.reviews.comment(on: answer, fromMs: 1_000, body: "never says why", viewer: panel.sam)
        return answer
    }

    @Test func `others' ratings and comments appear only after my own rating`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            #expect(try await seenByRosa(panel, answer) == ([], []))
            try await panel.reviews.rate(answer, .score(5), viewer: panel.rosa)
            #expect(try await seenByRosa(panel, answer) == ([1], ["never says why"]))
        }
    }

    @Test func `abstaining opens nothing: one could look, and rate then`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            try await panel.reviews.rate(answer, .abstained(.technicalFault), viewer: panel.rosa)
            #expect(try await seenByRosa(panel, answer) == ([], []))
        }
    }

    @Test func `a rating of one answer opens no other, not even of the same candidate`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            let other = try await panel.answer("Ada", "rolls")
            try await panel.reviews.rate(other, .score(5), viewer: panel.rosa)
            #expect(try await seenByRosa(panel, answer) == ([], []))
        }
    }

    @Test func `admins wait too, unless the role says otherwise`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            #expect(try await seenByRosa(panel, answer, as: panel.admin) == ([], []))
            try await panel.set(adminsFollow: false)
            #expect(try await seenByRosa(panel, answer, as: panel.admin) == ([1], ["never says why"]))
            #expect(try await seenByRosa(panel, answer) == ([], []), "that is for admins alone")
        }
    }

    @Test func `a role may show others' ratings always, or never`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            try await panel.set(others: "always")
            #expect(try await seenByRosa(panel, answer) == ([1], ["never says why"]))
            try await panel.set(others: "never")
            try await panel.reviews.rate(answer, .score(5), viewer: panel.rosa)
            #expect(try await seenByRosa(panel, answer) == ([], []))
        }
    }

    @Test func `others' decisions appear when I have no answer of the interview left to rate`() async throws {
        try await Panel.with { panel in
            let answer = try await judgedBySam(panel)
            let other = try await panel.answer("Ada", "rolls")
            let interview = try await panel.interview(of: answer)
            try await panel.reviews.decide(.decline, about: interview, reason: "weak on bread", viewer: panel.sam)
            func seen() async throws -> [Decision.Verdict] {
                try await panel.reviews.interview(interview, viewer: panel.rosa).decisions.map(\.verdict)
            }
            #expect(try await seen() == [])
            try await panel.reviews.rate(answer, .score(4), viewer: panel.rosa)
            #expect(try await seen() == [])
            try await panel.reviews.rate(other, .abstained(.knowsCandidate), viewer: panel.rosa)
            #expect(try await seen() == [.decline])
        }
    }
}
