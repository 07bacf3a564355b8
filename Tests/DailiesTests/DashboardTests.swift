import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The Grafana dashboard in `deploy/grafana`: what it asks for is there.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct DashboardTests {
    private struct Dashboard: Decodable {
        struct Target: Decodable {
            var expr: String
        }
        struct Panel: Decodable {
            struct Place: Decodable {
                var x: Int
                var y: Int
                var w: Int
                var h: Int
            }
            var id: Int
            var type: String
            var title: String
            var description: String?
            var gridPos: Place
            var targets: [Target]?
        }
        var uid: String
        var panels: [Panel]
    }

    private func dashboard() throws -> Dashboard {
        let file = Fixtures.project.appending("deploy/grafana/dailies.json").string
        return try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: URL(filePath: file)))
    }

    /// What Grafana puts in place of its variables.
    private func queries(_ dashboard: Dashboard) -> [String] {
        dashboard.panels.flatMap { $0.targets ?? [] }.map {
            $0.expr.replacing("$__rate_interval", with: "1m").replacing("$instance", with: ".*")
        }
    }

    @Test func `every metric that a panel asks for is one of the runbook's, and each of those is on a panel`() throws {
        let documented = Set(try MetricsTests.documented())
        var asked: Set<String> = []
        for query in queries(try dashboard()) {
            let names = query.matches(of: /dailies_[a-z_]+/).map { String($0.output) }
            #expect(!names.isEmpty, "\(query)")
            asked.formUnion(names.map { documented.contains($0) ? $0 : $0.replacing(/_(bucket|sum|count)$/, with: "") })
        }
        #expect(asked.subtracting(documented).isEmpty, "on a panel, and not there: \(asked.subtracting(documented))")
        #expect(documented.subtracting(asked).isEmpty, "there, and on no panel: \(documented.subtracting(asked))")
    }

    @Test func `promtool can read every query`() async throws {
        try await TemporaryFolder.with { folder in
            let rules = queries(try dashboard()).enumerated().map { "{record: 'panel:\($0)', expr: '\($1.replacing("'", with: "''"))'}" }
            let file = folder.appending("rules.yml")
            try "groups: [{name: dashboard, rules: [\(rules.joined(separator: ", "))]}]".write(
                toFile: file.string, atomically: true, encoding: .utf8)
            let checked = try await Subprocess.run(
                .name("promtool"), arguments: ["check", "rules", file.string], output: .string(limit: 1 << 16),
                error: .string(limit: 1 << 16))
            #expect(checked.terminationStatus.isSuccess, "\(checked.standardOutput)\(checked.standardError)")
            #expect(checked.standardOutput.contains("\(rules.count) rules found"), "\(checked.standardOutput)")
        }
    }

    @Test func `each panel says what it means, and none covers another`() throws {
        let panels = try dashboard().panels
        #expect(Set(panels.map(\.id)).count == panels.count)
        var taken: [String: String] = [:]
        for panel in panels {
            #expect(panel.type == "row" || panel.description?.isEmpty == false, "\(panel.title)")
            for x in panel.gridPos.x..<(panel.gridPos.x + panel.gridPos.w) {
                #expect(x < 24, "\(panel.title) is beyond the right edge")
                for y in panel.gridPos.y..<(panel.gridPos.y + panel.gridPos.h) {
                    let other = taken.updateValue(panel.title, forKey: "\(x),\(y)")
                    #expect(other == nil, "\(panel.title) covers \(other ?? "")")
                }
            }
        }
    }
}
