import Foundation
import Recordings
import Reviews
import TestSupport
import Testing

/// In a blind role nothing that anybody is told holds a candidate's name, address or file.
@Suite(.tags(.database))
struct BlindTests {
    /// All that the API returns, as text.
    private func everything(_ panel: Panel, _ viewer: Viewer, answers: [Int64]) async throws -> String {
        let encoder = JSONEncoder()
        var text = ""
        func add(_ value: some Encodable) throws { text += String(decoding: try encoder.encode(value), as: UTF8.self) + "\(value)" }
        let reviews = panel.reviews
        try add(try await reviews.home(viewer: viewer))
        try add(try await reviews.role("baker", viewer: viewer))
        for filter in [nil] + Wall.Filter.allCases.map(Optional.some) {
            try add(try await reviews.wall(role: "baker", filter: filter, viewer: viewer))
        }
        try add(try await reviews.questionQueue(role: "baker", question: "bread", viewer: viewer))
        for answer in answers {
            try add(try await reviews.answer(answer, viewer: viewer))
            try add(try await reviews.ratings(of: answer, viewer: viewer))
            try add(try await reviews.comments(on: answer, viewer: viewer))
            try add(try await reviews.interview(panel.interview(of: answer), viewer: viewer))
        }
        let results = try await reviews.export(role: "baker", viewer: viewer)
        try add(results)
        try add(results.lines)
        try add(try await reviews.calibration(role: "baker", viewer: viewer))
        text += results.csv.text
        if viewer.access == .admin {
            try add(try await reviews.operations(viewer: viewer))
            try add(try await reviews.settings(of: "baker", viewer: viewer))
            try add(try await reviews.members(of: "baker", viewer: viewer))
            try add(try await reviews.wordings(of: "baker", viewer: viewer))
        }
        return text
    }

    @Test func `no name, address or file name is in anything that is returned, to reviewers and admins`() async throws {
        try await Panel.with { panel in
            let whole = try await panel.answer("Ada", flags: [Flag(.audioQuiet, .warning)])
            let muted = try await panel.answer("Bob", flags: [Flag(.micMuted, .fault)])
            let empty = try await panel.submit("Cyd")
            try await panel.record(.unusable(UnusableReason(.empty), container: Container()), for: empty)
            for viewer in [panel.rosa, panel.sam, panel.admin] {
                try await panel.reviews.rate(whole, .score(viewer == panel.rosa ? 1 : 5), viewer: viewer)
            }
            func leaks(_ viewer: Viewer) async throws -> Bool {
                try await everything(panel, viewer, answers: [whole, muted, empty]).lowercased().contains("zyx")
            }
            #expect(try await leaks(panel.rosa), "where it is not blind, the search finds the names")
            try await panel.set(blind: true)
            #expect(try await !leaks(panel.rosa))
            #expect(try await !leaks(panel.admin))
        }
    }

    @Test func `a pseudonym is the same on every page, and no two candidates of a role share one`() async throws {
        try await Panel.with { panel in
            try await panel.set(blind: true)
            var answers: [Int64] = []
            for candidate in ["Ada", "Bob", "Cyd", "Dan"] { answers.append(try await panel.answer(candidate)) }
            let queue = try await panel.reviews.questionQueue(role: "baker", question: "bread", viewer: panel.rosa)
            let wall = try await panel.reviews.wall(role: "baker", viewer: panel.sam)
            #expect(Set(queue.items.map(\.candidate.label)).count == 4)
            #expect(Set(queue.items.map(\.candidate)) == Set(wall.rows.map(\.candidate)))
            #expect(queue.items.allSatisfy { $0.candidate.label.hasPrefix("Candidate ") })
        }
    }
}
