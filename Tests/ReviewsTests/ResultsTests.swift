import JobQueue
import Recordings
import Reviews
import TestSupport
import Testing

@Suite(.tags(.database))
struct ResultsTests {
    @Test func `mean, spread and split are those of the hand`() {
        let scores = Scores(distribution: [0, 1, 0, 1, 1], abstentions: 2)
        #expect(scores.count == 3)
        #expect(abs((scores.mean ?? 0) - 11.0 / 3) < 1e-9)
        #expect(abs((scores.spread ?? 0) - 1.5275252316) < 1e-9)
        #expect(scores.isSplit)
        #expect(!Scores(distribution: [0, 3, 2, 0, 0]).isSplit)
        #expect(Scores(distribution: [0, 0, 0, 1, 0]).spread == nil)
        #expect(Scores(distribution: [0, 0, 0, 0, 0]).mean == nil)
    }

    @Test func `kappa is 1 for agreement, as computed by hand between, and unknown where all gave one score`() {
        func kappa(_ pairs: [(Int, Int, Int)]) -> Double? {
            var table = Array(repeating: Array(repeating: 0, count: 5), count: 5)
            for (own, other, count) in pairs { table[own - 1][other - 1] = count }
            return RaterCalibration(reviewerID: 1, name: "Rosa", common: 5, differences: 0, pairs: table).agreement
        }
        #expect(kappa([(1, 1, 2), (5, 5, 3)]) == 1)
        // Observed: 1·1 + 1·1 = 2. Expected: rows (2, 2), columns (2, 2) of 4 at distance 1: 1 + 1 = 2. No better than chance.
        #expect(kappa([(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]) == 0)
        #expect(kappa([(3, 3, 5)]) == nil)
    }

    @Test func `only ratings that I may see count, and calibration waits for five in common`() async throws {
        try await Panel.with { panel in
            var answers: [Int64] = []
            for number in 1...6 { answers.append(try await panel.answer("N\(number)")) }
            for answer in answers { try await panel.reviews.rate(answer, .score(2), viewer: panel.sam) }
            func results() async throws -> RoleResults { try await panel.reviews.results(role: "baker", viewer: panel.rosa) }
            func raters() async throws -> [RaterCalibration] {
                try await panel.reviews.calibration(role: "baker", viewer: panel.rosa).raters
            }
            #expect(try await results().rows.allSatisfy { $0.cells == [nil, nil] })
            #expect(try await results().scores == 0)
            #expect(try await raters() == [])

            for answer in answers.prefix(4) { try await panel.reviews.rate(answer, .score(4), viewer: panel.rosa) }
            let four = try await results()
            #expect(four.rows.count { $0.cells[0] == Scores(distribution: [0, 1, 0, 1, 0]) && $0.splits == 1 && $0.mean == 3 } == 4)
            #expect(four.lines.count == 4)
            #expect(four.count == 6 && four.scores == 8 && four.splits == 4)
            #expect(try await raters().map(\.common) == [4, 4])
            #expect(try await raters().allSatisfy { !$0.isEnough && $0.severity == nil })
            let part = try await panel.reviews.results(role: "baker", rows: 1..<3, viewer: panel.rosa)
            #expect(part.rows == Array(four.rows[1..<3]) && part.count == 6 && part.scores == 8)

            try await panel.reviews.rate(answers[4], .score(2), viewer: panel.rosa)
            try await panel.reviews.rate(answers[5], .abstained(.technicalFault), viewer: panel.rosa)
            let five = try await results()
            let rosa = try #require(try await raters().first { $0.name == "Rosa" })
            #expect(rosa.common == 5 && rosa.severity == 1.6)
            #expect(try await raters().first { $0.name == "Sam" }?.severity == -1.6)
            #expect(
                five.rows.contains { $0.cells[0] == Scores(distribution: [0, 0, 0, 0, 0], abstentions: 1) }, "hers alone, and no score")
        }
    }

    @Test func `a cell that a spreadsheet would run is made harmless, and quoting is that of RFC 4180`() {
        let table = CSVTable(header: ["a", "b"], rows: [["=1+1", "@x"], ["+1", "-1"], ["\tx", "say \"a\", b\r\nc"], ["Ada", "2.5"]])
        #expect(table.text == "a,b\r\n'=1+1,'@x\r\n'+1,'-1\r\n'\tx,\"say \"\"a\"\", b\r\nc\"\r\nAda,2.5\r\n")
    }

    @Test func `home counts each answer once, and its minutes leave silence out`() async throws {
        try await Panel.with { panel in
            _ = try await panel.answer("Ada")
            let muted = try await panel.answer("Bob", flags: [Flag(.micMuted, .fault)])
            _ = try await panel.submit("Cyd")
            let rated = try await panel.answer("Dan")
            try await panel.reviews.rate(rated, .score(3), viewer: panel.rosa)
            let role = try #require(try await panel.reviews.home(viewer: panel.rosa).roles.first)
            #expect((role.waiting, role.faults, role.processing, role.done, role.candidates) == (1, 1, 1, 1, 4))
            #expect(role.waitingMs == 55_000 && role.minutesLeft == 1 && role.nextQuestion == "bread")
            try await panel.reviews.requestNewTake(of: muted, viewer: panel.rosa)
            #expect(try await panel.reviews.home(viewer: panel.rosa).roles.first?.awaitingTake == 1)
            // The first take stays in place until the second can be watched.
            _ = try await panel.submit("Bob", take: 2)
            #expect(try await panel.reviews.answer(muted, viewer: panel.rosa).isCurrent)
            // Five inspections, and a rendition of each of the three answers that have no copy to play.
            let health = try await panel.reviews.operations(viewer: panel.admin)
            #expect(health.hours.count == 48 && health.queue.available == 8 && health.hours.last?.live == 8)
        }
    }

    @Test func `what nobody can watch is not rated, and abstaining is taken`() async throws {
        try await Panel.with { panel in
            let empty = try await panel.submit("Cyd")
            try await panel.record(.unusable(UnusableReason(.empty), container: Container()), for: empty)
            let error = await #expect(throws: ReviewsError.self) { try await panel.reviews.rate(empty, .score(1), viewer: panel.rosa) }
            #expect(error?.code == .notReviewable)
            try await panel.reviews.rate(empty, .abstained(.technicalFault), viewer: panel.rosa)
            #expect(try await panel.reviews.answer(empty, viewer: panel.rosa).mine?.judgement == .abstained(.technicalFault))
        }
    }
}
