import Foundation
import Recordings
import Reviews
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// README, guides and runbook: what they name is there.
struct DocumentsTests {
    private static let catalogue = "Sources/Dailies/Dailies.docc"

    private static func documents() throws -> [TextFile] {
        try TextFile.all(in: ["README.md", ".github", "deploy", catalogue]).filter { $0.path.hasSuffix(".md") }
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Fixtures.project.appending(path).lexicallyNormalized().string)
    }

    /// Calls `body` for each match, with the file and the line.
    private static func matches(
        of pattern: some RegexComponent<(Substring, Substring)>, in document: TextFile, _ body: (_ found: String, _ place: String) -> Void
    ) {
        for (index, line) in document.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for match in line.matches(of: pattern) { body(String(match.output.1), "\(document.path):\(index + 1)") }
        }
    }

    @Test func `README.md has at most 8,192 bytes, so that a newcomer reads all of it`() throws {
        #expect(try #require(TextFile.all(in: ["README.md"]).first).text.utf8.count <= 8192)
    }

    @Test func `every link within the project leads somewhere`() throws {
        var links = 0
        for document in try Self.documents() {
            let folder = FilePath(document.path).removingLastComponent()
            Self.matches(of: /\]\(([^)\s]+)\)/, in: document) { target, place in
                guard !target.contains(":"), !target.hasPrefix("#") else { return }
                links += 1
                let path = folder.appending(String(target.prefix { $0 != "#" }))
                #expect(Self.exists(path.string), "\(place): there is no \(target)")
            }
            Self.matches(of: /<doc:([A-Za-z-]+)>/, in: document) { article, place in
                links += 1
                #expect(Self.exists("\(Self.catalogue)/\(article).md"), "\(place): there is no article \(article)")
            }
        }
        #expect(links > 20)
    }

    /// From the project's folder, from the text's own, or, for what stands in `deploy`, from there. A star stands for any name.
    @Test func `every path that a document names is there`() throws {
        let all = try Self.paths()
        var paths = 0
        for document in try Self.documents() {
            let folder = FilePath(document.path).removingLastComponent().string
            Self.matches(
                of:
                    /(?:^|[\s`(|])((?:Sources|Tests|Scripts|deploy|\.github|\.ci|prometheus|grafana|kubernetes|docker|systemd)\/[\w.+\/*-]*[\w\/*])/,
                in: document
            ) {
                path, place in
                paths += 1
                let isThere =
                    path.contains("*") ? all.contains { Self.matches(path, $0) } : Self.exists(path) || Self.exists("\(folder)/\(path)")
                #expect(isThere, "\(place): there is no \(path)")
            }
        }
        #expect(paths > 50)
    }

    /// Guides name most files without their folder, which changes more often. What begins with NNNN or Type stands for any file of its kind.
    @Test func `every file that a document names without its folder is there`() throws {
        let all = Set(try Self.paths().map { $0.split(separator: "/").last.map(String.init) ?? "" })
        var names = 0
        for document in try Self.documents() {
            Self.matches(
                of: /`([A-Za-z][A-Za-z0-9_+-]*(?:\.test)?\.(?:swift|sql|mustache|js|css|json|md|yml|yaml|py|c|h|service))`/, in: document
            ) { name, place in
                guard !name.hasPrefix("NNNN"), !name.hasPrefix("Type+") else { return }
                names += 1
                let isThere = all.contains(name)
                #expect(isThere, "\(place): there is no file \(name)")
            }
        }
        #expect(names > 50)
    }

    /// Each list of the API's description, and the type whose values it repeats.
    static let lists: [(schema: String, values: [String])] = [
        ("FlagName", Flag.Name.allCases.map(\.rawValue)),
        ("AbstentionReason", AbstentionReason.allCases.map(\.rawValue)),
        ("Verdict", Decision.Verdict.allCases.map(\.rawValue)),
        ("Standing", AnswerStanding.allCases.map(\.rawValue)),
    ]

    @Test(arguments: lists)
    func `the API's description lists every value of a type and no other`(schema: String, values: [String]) throws {
        let text = try #require(TextFile.all(in: ["Sources/ReviewSite/Static/openapi.json"]).first).text
        let description = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let schemas = (description?["components"] as? [String: Any])?["schemas"] as? [String: Any]
        let names = (schemas?[schema] as? [String: Any])?["enum"] as? [String]
        #expect(names?.sorted() == values.sorted())
    }

    @Test func `only reasons that say how an inspector ended are taken back by a retry`() throws {
        let sql = try #require(TextFile.all(in: ["Sources/Migrations/Definitions/records.sql"]).first).text
        let list = try #require(sql.firstMatch(of: /r\.reason IN \(([^)]*)\)/)).1
        let reasons = list.matches(of: /'([a-z_]+)'/).map { String($0.1) }
        let endings = UnusableReason.Code.allCases.filter { !$0.isFinding }.map(\.rawValue)
        // `missing` tells of storage. `output_too_large` can tell of either; a discarded job's inspector was killed for it.
        #expect(reasons.sorted() == (endings.filter { $0 != "missing" } + ["output_too_large"]).sorted())
    }

    @Test func `the doctor shows every setting`() async throws {
        let names = try TextFile.all(in: ["Sources/Dailies/Settings"]).flatMap { file in
            file.text.matches(of: /reader\.[a-z]+\("([a-z0-9-]+)"/).map { String($0.1) }
        }
        let doctor = try #require(TextFile.all(in: ["Sources/Dailies/Commands/Doctor.swift"]).first).text
        let reader = try await SettingsReader(flags: [:], environment: [:], file: nil)
        let settings = try Settings(reader: reader, environment: [:], isRoot: false, cores: 2)
        let shown = doctor + Doctor.table(settings).rendered()
        #expect(names.count > 20)
        for name in Set(names) { #expect(shown.contains(name), "\(name)") }
    }

    private static func paths() throws -> [String] {
        try ["Sources", "Tests", "Scripts", "deploy", ".github", ".ci", "README.md", "Package.swift"].flatMap(TextFile.paths)
    }

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        guard let star = pattern.firstIndex(of: "*") else { return path == pattern }
        return path.hasPrefix(pattern[..<star]) && path.hasSuffix(pattern[pattern.index(after: star)...])
    }
}
