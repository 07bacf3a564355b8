import Foundation
import Testing

@testable import Migrations

/// The files of functions, triggers and views.
@Suite struct DefinitionsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Migrations")

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: folder).path).sorted()
    }

    @Test func `Every file of the folder is applied, as it is; the grants are applied by themselves`() throws {
        let names = try Self.names(in: "Definitions").filter { $0 != "grants.sql" }
        #expect(Definitions.files.map(\.name).sorted() == names)
        for file in Definitions.files {
            let text = try String(contentsOf: Self.folder.appending(path: "Definitions/\(file.name)"), encoding: .utf8)
            #expect(text == String(decoding: file.sql, as: UTF8.self))
            #expect(Definitions.all.sql.contains(text))
        }
    }

    @Test func `Each function, trigger and view is defined once, in a form that can be run again`() throws {
        // A function with its arguments: for a release, those that the release before calls stand beside the new ones.
        let made = Definitions.all.sql.matches(of: /(?m)^CREATE( OR REPLACE)? (FUNCTION|TRIGGER|VIEW) ([a-z_.]+(?:\([^)]*\))?)/)
        #expect(made.count > 80)
        for match in made { #expect(match.output.1 != nil, "\(match.output.3) lacks OR REPLACE") }
        #expect(Set(made.map { String($0.output.3) }).count == made.count)
        #expect(!Definitions.all.sql.contains(/(?m)^(ALTER|DROP|CREATE (TABLE|INDEX|SEQUENCE|UNIQUE))/))
    }

    /// Such a function is part of the data: a new body would leave the stored rows as they were.
    @Test func `Migrations define no function, trigger or view, but for those that stored rows depend on`() throws {
        let made = try Self.names(in: "SQL").flatMap { name in
            try String(contentsOf: Self.folder.appending(path: "SQL/\(name)"), encoding: .utf8)
                .matches(of: /(?m)^CREATE (OR REPLACE )?(FUNCTION|TRIGGER|VIEW) ([a-z_.]+)/).map { String($0.output.3) }
        }
        #expect(made == ["dailies.artifacts_are_whole", "dailies.spans_ms", "dailies.email_address"])
    }
}
