import Interviews
import Postgres
import Recordings
import Reviews
import TestSupport
import Testing

@Suite(.tags(.database))
struct TrailTests {
    @Test func `ratings, comments, decisions, views, requests, settings and exports leave their events`() async throws {
        try await Panel.with { panel in
            let reviews = panel.reviews
            let answer = try await panel.answer("Ada")
            try await reviews.recordView(of: answer, viewer: panel.rosa)
            try await reviews.rate(answer, .score(2), viewer: panel.rosa)
            try await reviews.rate(answer, .score(4), viewer: panel.rosa)
            let comment = try await reviews.comment(on: answer, fromMs: 10, toMs: 20, body: "good", viewer: panel.rosa)
            try await reviews.deleteComment(comment.id, viewer: panel.rosa)
            try await reviews.decide(.hold, about: panel.interview(of: answer), reason: "wait for the rolls", viewer: panel.rosa)
            try await reviews.requestNewTake(of: answer, viewer: panel.rosa)
            try await reviews.requestNewTake(of: answer, viewer: panel.sam)
            try await reviews.change(RoleSettings(isBlind: true), of: "baker", viewer: panel.admin)
            try await reviews.setMembership(of: panel.sam.reviewerID, in: "baker", to: false, viewer: panel.admin)
            _ = try await reviews.export(role: "baker", viewer: panel.rosa)
            let actions = try await panel.pool.query("SELECT action FROM dailies.audit_events ORDER BY id")
                .map { row in try row.decode(at: 0, as: String.self) }
            #expect(
                actions == [
                    "answer.viewed", "rating.given", "rating.changed", "comment.added", "comment.deleted", "decision.made",
                    "take.requested",
                    "settings.changed", "member.removed", "results.exported",
                ])
            let was: Int = try await panel.value(
                "SELECT (detail ->> 'was_score')::integer FROM dailies.audit_events WHERE action = 'rating.changed'")
            #expect(was == 2)
            let news: Int = try await panel.value("SELECT count(*) FROM dailies.outbox WHERE topic = 'take.requested'")
            #expect(news == 1)
        }
    }

    @Test(arguments: [
        "UPDATE dailies.audit_events SET reviewer_id = 1", "DELETE FROM dailies.audit_events", "TRUNCATE dailies.audit_events",
    ])
    func `the trail is only ever added to`(statement: String) async throws {
        try await Panel.with { panel in
            let error = await #expect(throws: PostgresError.self) { try await panel.pool.execute(PostgresQuery(verbatim: statement)) }
            #expect(error?.sqlState?.rawValue == "DR001")
        }
    }

    @Test func `a deleted candidate takes ratings, comments and decisions along; the trail keeps ids and no name`() async throws {
        try await Panel.with { panel in
            let answer = try await panel.answer("Ada")
            try await panel.reviews.rate(answer, .score(2), viewer: panel.rosa)
            _ = try await panel.reviews.comment(on: answer, fromMs: 0, body: "Zyx Ada says so", viewer: panel.rosa)
            try await panel.reviews.decide(.decline, about: panel.interview(of: answer), reason: "Zyx Ada declined", viewer: panel.rosa)
            try await panel.reviews.requestNewTake(of: answer, viewer: panel.rosa)
            await #expect(throws: PostgresError.self) { try await panel.pool.execute("DELETE FROM dailies.decisions") }
            try await panel.pool.execute("DELETE FROM dailies.candidates")
            let left: Int = try await panel.value(
                """
                SELECT (SELECT count(*) FROM dailies.ratings) + (SELECT count(*) FROM dailies.comments)
                     + (SELECT count(*) FROM dailies.decisions) + (SELECT count(*) FROM dailies.take_requests)
                     + (SELECT count(*) FROM dailies.current_answers)
                """)
            #expect(left == 0)
            let trail: String = try await panel.value("SELECT string_agg(e::text, ' ') FROM dailies.audit_events e")
            #expect(trail.contains("rating.given") && !trail.contains("Zyx"))
        }
    }

    @Test func `a role that is not mine, and one that is not there, are the same`() async throws {
        try await Panel.with { panel in
            _ = try await panel.interviews.load(Panel.definition("butcher"))
            let answer = try await panel.answer("Ada", role: "butcher")
            let (reviews, rosa) = (panel.reviews, panel.rosa)
            for id in [answer, 999_999] {
                for attempt in [
                    { _ = try await reviews.answer(id, viewer: rosa) }, { try await reviews.rate(id, .score(3), viewer: rosa) },
                    { _ = try await reviews.comment(on: id, fromMs: 0, body: "x", viewer: rosa) },
                    { try await reviews.requestNewTake(of: id, viewer: rosa) },
                    { _ = try await reviews.wall(role: id == answer ? "butcher" : "nobody", viewer: rosa) },
                ] as [@Sendable () async throws -> Void] {
                    let error = await #expect(throws: ReviewsError.self) { try await attempt() }
                    #expect(error?.code == .notFound)
                }
            }
            let error = await #expect(throws: ReviewsError.self) { _ = try await reviews.settings(of: "baker", viewer: rosa) }
            #expect(error?.code == .adminsOnly)
        }
    }

    @Test func `a reworded question gets a new version, and old ratings keep theirs`() async throws {
        try await Panel.with { panel in
            let before = try await panel.answer("Ada")
            try await panel.reviews.rate(before, .score(3), watched: [Span(fromMs: 0, toMs: 5_000)], viewer: panel.rosa)
            var question = Panel.question("bread", "How do you bake rye bread?")
            #expect(try await panel.reviews.reword(question, of: "baker", viewer: panel.admin) == 2)
            #expect(try await panel.reviews.reword(question, of: "baker", viewer: panel.admin) == nil)
            let after = try await panel.answer("Bob")
            try await panel.reviews.rate(before, .score(4), watched: [Span(fromMs: 4_000, toMs: 90_000)], viewer: panel.rosa)
            let old = try await panel.reviews.answer(before, viewer: panel.rosa)
            #expect((old.question.version, old.question.newestVersion, old.question.prompt) == (1, 2, "How do you bake bread?"))
            #expect(old.mine?.questionVersion == 1 && old.mine?.watchedMs == 60_000, "what was watched is united, and ends with the answer")
            #expect(try await panel.reviews.answer(after, viewer: panel.rosa).question.prompt == "How do you bake rye bread?")
            question.prompt = ""
            let error = await #expect(throws: ReviewsError.self) {
                try await panel.reviews.reword(question, of: "baker", viewer: panel.admin)
            }
            #expect(error?.code == .invalid)
        }
    }
}
