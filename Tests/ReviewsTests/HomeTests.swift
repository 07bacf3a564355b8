import Interviews
import Reviews
import TestSupport
import Testing

@Suite(.tags(.database))
struct HomeTests {
    @Test func `home comes in parts, sorted by title, with nobody else's roles`() async throws {
        try await Panel.with { panel in
            // The title is the same for all, so they are sorted by their names in URLs.
            for slug in ["dyer", "cook", "abbot"] { _ = try await panel.interviews.load(Panel.definition(slug)) }
            for slug in ["dyer", "cook"] { try await panel.assign(panel.rosa, to: slug) }
            _ = try await panel.answer("Ada", role: "cook")
            let all = try await panel.reviews.home(viewer: panel.rosa)
            #expect(all.roles.map(\.role.slug) == ["baker", "cook", "dyer"] && all.count == 3 && all.next == nil)
            #expect(all.roles.map(\.waiting) == [0, 1, 0])

            let first = try await panel.reviews.home(rows: 0..<2, viewer: panel.rosa)
            #expect(first.roles == Array(all.roles.prefix(2)) && first.count == 3)
            let after = try await panel.reviews.home(after: try #require(first.next), rows: 0..<2, viewer: panel.rosa)
            #expect(after.roles == Array(all.roles.suffix(1)) && after.next == nil)
            let rest = try await panel.reviews.home(rows: 2..<4, viewer: panel.rosa)
            #expect(rest.roles == after.roles && rest.count == 3 && rest.next == nil)
            #expect(try await panel.reviews.home(viewer: panel.admin).roles.map(\.role.slug) == ["abbot", "baker", "cook", "dyer"])
        }
    }
}
