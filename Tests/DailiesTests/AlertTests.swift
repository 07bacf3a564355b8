import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing
import Yams

/// The alerts of `deploy/prometheus`, by Prometheus' own tool: each fires when it should and only then, and finds the pods.
@Suite(.tags(.program, .tool), .timeLimit(.minutes(10)))
struct AlertTests {
    @Test func `promtool finds no fault with the alert rules, and each fires when it should`() async throws {
        let rules = Fixtures.project.appending("deploy/prometheus")
        let checked = try await Subprocess.run(
            .name("promtool"), arguments: ["check", "rules", rules.appending("alerts.yml").string], output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16))
        #expect(checked.terminationStatus.isSuccess, "\(checked.standardOutput)\(checked.standardError)")
        let tested = try await Subprocess.run(
            .name("promtool"), arguments: ["test", "rules", rules.appending("alerts.test.yml").string], output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        #expect(tested.terminationStatus.isSuccess, "\(tested.standardOutput)\(tested.standardError)")
    }

    @Test func `each alert has its chapter in the runbook`() throws {
        let rules = try String(contentsOfFile: Fixtures.project.appending("deploy/prometheus/alerts.yml").string, encoding: .utf8)
        let runbook = try String(contentsOfFile: Fixtures.project.appending("deploy/runbook.md").string, encoding: .utf8)
        let alerts = rules.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0].hasSuffix("- alert") else { return nil }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        #expect(alerts.count >= 8)
        for alert in alerts { #expect(runbook.contains("\n### \(alert)\n"), "the runbook has no chapter on \(alert)") }
    }

    private typealias Object = [String: Any]

    private func object(_ file: String) throws -> Object {
        let text = try String(contentsOfFile: Fixtures.project.appending("deploy/prometheus/\(file)").string, encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? Object)
    }

    /// The names of metrics in an expression of Prometheus'.
    private func metrics(in text: String) -> Set<String> { Set(text.matches(of: /\b(?:dailies_[a-z_]+|up\b)/).map { String($0.output) }) }

    @Test func `each alert is shown to fire, and shown not to while there is what it looks at`() throws {
        let groups = try #require(try object("alerts.yml")["groups"] as? [Object])
        let rules = groups.flatMap { $0["rules"] as? [Object] ?? [] }
        #expect(rules.count > 15)
        let tests = try #require(try object("alerts.test.yml")["tests"] as? [Object])
        for rule in rules {
            let name = try #require(rule["alert"] as? String)
            let needed = metrics(in: try #require(rule["expr"] as? String))
            var fires = false
            var isQuiet = false
            for test in tests {
                let series = metrics(in: (test["input_series"] as? [Object] ?? []).map { "\($0["series"] ?? "")" }.joined(separator: " "))
                for asked in test["alert_rule_test"] as? [Object] ?? [] where asked["alertname"] as? String == name {
                    if let expected = asked["exp_alerts"] as? [Any], !expected.isEmpty {
                        fires = true
                    } else if needed.isSubset(of: series) {
                        isQuiet = true
                    }
                }
            }
            #expect(fires, "nothing shows that \(name) fires")
            #expect(isQuiet, "nothing shows, with \(needed.sorted()), that \(name) does not fire")
        }
    }

    @Test func `pods that are found by their annotations carry what the alerts ask for`() async throws {
        let worker = try String(contentsOfFile: Fixtures.project.appending("deploy/kubernetes/worker.yaml").string, encoding: .utf8)
        let pod = try #require(try Yams.load_all(yaml: worker).compactMap { $0 as? Object }.first { $0["kind"] as? String == "Deployment" })
        let metadata = try #require(((pod["spec"] as? Object)?["template"] as? Object)?["metadata"] as? Object)
        // As Prometheus' discovery names what it finds on a pod.
        func found(_ kind: String, _ values: Any?) -> [(String, String)] {
            (values as? [String: String] ?? [:]).map { ("__meta_kubernetes_pod_\(kind)_\($0.replacing(/[^a-zA-Z0-9]/, with: "_"))", $1) }
        }
        let known = found("label", metadata["labels"]) + found("annotation", metadata["annotations"])
        var labels = Dictionary(
            uniqueKeysWithValues: known + [("__meta_kubernetes_pod_name", "w-1"), ("__meta_kubernetes_namespace", "dailies")])
        labels["__meta_kubernetes_pod_phase"] = "Running"
        try await TemporaryFolder.with { folder in
            let pods = folder.appending("pods.json").string
            let ended = labels.merging(["__meta_kubernetes_pod_phase": "Succeeded"]) { $1 }
            let groups: [[String: Any]] = [
                ["targets": ["10.2.3.4:1"], "labels": labels], ["targets": ["10.2.3.5"], "labels": labels],
                ["targets": ["[fd00::1]:1"], "labels": labels], ["targets": ["10.2.3.6:1"], "labels": ended], ["targets": ["10.2.3.7:1"]],
            ]
            try JSONSerialization.data(withJSONObject: groups).write(to: URL(filePath: pods))
            // Debian's Prometheus has no discovery of Kubernetes; what it does with what was found is the same.
            let job = Fixtures.project.appending("deploy/prometheus/scrape-kubernetes.yml").string
            let config = folder.appending("prometheus.yml").string
            try String(contentsOfFile: job, encoding: .utf8).replacing("kubernetes_sd_configs:", with: "file_sd_configs:")
                .replacing(/- \{role: pod.*/, with: "- {files: [\(pods)]}").write(toFile: config, atomically: true, encoding: .utf8)
            let told = try await Subprocess.run(
                .name("promtool"), arguments: ["check", "service-discovery", "--timeout=10s", config, "dailies"],
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            struct Target: Decodable { var labels: [String: String] }
            let targets = try JSONDecoder().decode([Target].self, from: Data(told.standardOutput.utf8)).map(\.labels).filter { !$0.isEmpty }
            #expect(
                Set(targets.compactMap { $0["__address__"] }) == ["10.2.3.4:9464", "10.2.3.5:9464", "[fd00::1]:9464"],
                "\(told.standardError)")
            #expect(
                targets.allSatisfy { $0["job"] == "dailies" && $0["pod"] == "w-1" && $0["namespace"] == "dailies" && $0["instance"] != nil }
            )
        }
        // A job of the cluster's own copies the pods' labels; the alert asks for these two.
        let alerts = try String(contentsOfFile: Fixtures.project.appending("deploy/prometheus/alerts.yml").string, encoding: .utf8)
        for (name, value) in metadata["labels"] as? [String: String] ?? [:] {
            #expect(alerts.contains("\(name.replacing(/[^a-zA-Z0-9]/, with: "_"))=\"\(value)\""), "\(name)")
        }
        #expect(alerts.contains("up{job=\"dailies\"}"))
    }
}
