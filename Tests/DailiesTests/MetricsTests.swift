import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a worker counts, and whether those who read it can.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct MetricsTests {
    /// The metrics that the runbook promises: the first column of its table.
    static func documented() throws -> [String] {
        let text = try String(contentsOfFile: Product.project.appending("deploy/runbook.md").string, encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `dailies_") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    }

    @Test func `everything that the runbook names is there, with its meaning, and counts what happened`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            try await product.withWorker(slots: 2, variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await product.until("SELECT count(*) = 3 FROM dailies.review_records")
                // Told just after the commit that is seen above.
                try await until {
                    try await Scraped.get("/metrics", of: worker, in: product)
                        .value("dailies_jobs_ended_total{kind=\"inspect_response\",outcome=\"completed\"}") == 3
                }
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                let documented = try Self.documented()
                #expect(documented.count >= 15)
                for name in documented {
                    #expect(metrics.text.contains("# HELP \(name) "), "\(name) is documented and not there")
                }
                for line in metrics.text.split(separator: "\n") where line.hasPrefix("# HELP ") {
                    let words = line.split(separator: " ", maxSplits: 3)
                    #expect(documented.contains(String(words[2])), "\(words[2]) is there and not documented")
                    #expect(words.count == 4, "\(words[2]) has no meaning")
                }
                #expect(metrics.value("dailies_pickup_seconds_count{kind=\"inspect_response\"}") == 3)
                #expect(metrics.value("dailies_processing_seconds_count{kind=\"inspect_response\"}") == 3)
                // Of each kind, also where there was none yet: an absent number alarms nobody.
                #expect(metrics.value("dailies_processing_seconds_count{kind=\"render_response\"}") == 0)
                #expect(metrics.value("dailies_jobs_ended_total{kind=\"render_response\",outcome=\"discarded\"}") == 0)
                #expect(metrics.value("dailies_slots") == 2)
                #expect(metrics.value("dailies_slots_busy") == 0)
                #expect(metrics.value("dailies_jobs{state=\"available\"}") == 0)
                #expect(metrics.value("dailies_workers") == 1)
                #expect((metrics.value("dailies_recording_seconds_total") ?? 0) > 20)
                #expect(!metrics.text.contains("example.org") && !metrics.text.contains("Candidate"))
            }
        }
    }

    @Test func `an inspector's death is counted by its cause`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                kill(try await worker.catchInspector(), SIGKILL)
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                #expect(metrics.value("dailies_inspector_deaths_total{cause=\"signal\"}") == 1)
            }
        }
    }

    @Test func `Prometheus scrapes it`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                let target = try await Scraped.address(of: worker, in: product).dropFirst("http://".count)
                let file = product.data.appending("prometheus.yml")
                try """
                global: {scrape_interval: 1s}
                scrape_configs: [{job_name: dailies, static_configs: [{targets: ["\(target)"]}]}]
                """.write(toFile: file.string, atomically: true, encoding: .utf8)
                // One shell has both, so that neither outlives the test.
                let query = "dailies_jobs_ended_total%7Boutcome%3D%22completed%22%7D%20%3D%3D%201"
                let scraped = try await Subprocess.run(
                    .name("bash"),
                    arguments: [
                        "-c",
                        """
                        prometheus --config.file="$1" --storage.tsdb.path="$2" --web.listen-address="127.0.0.1:$3" &>/dev/null &
                        trap 'kill $!; wait $!' EXIT
                        until curl -s "http://127.0.0.1:$3/api/v1/query?query=$4" | grep -q '"inspect_response"'; do sleep 0.2; done
                        """, "prometheus", file.string, product.data.appending("tsdb").string, "\(try FreePort.any())", query,
                    ], input: .none, output: .discarded, error: .string(limit: 1 << 16))
                #expect(scraped.terminationStatus.isSuccess, "\(scraped.standardError)")
            }
        }
    }
}
