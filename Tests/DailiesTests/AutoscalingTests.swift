import Foundation
import Postgres
import TestSupport
import Testing

/// How many workers the queue asks for, by `deploy/kubernetes/keda.yaml`.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct AutoscalingTests {
    @Test func `KEDA's query counts what waits and runs, as an account that may read nothing else`() async throws {
        let scaled = try #require(
            try DeploymentFilesTests.documents("kubernetes/keda.yaml").first { $0["kind"] as? String == "ScaledObject" })
        let trigger = try #require((DeploymentFilesTests.at("spec", "triggers", in: scaled) as? [DeploymentFilesTests.Object])?.first)
        let query = try #require(DeploymentFilesTests.at("metadata", "query", in: trigger) as? String)
        #expect(trigger["type"] as? String == "postgresql")
        #expect(DeploymentFilesTests.at("metadata", "targetQueryValue", in: trigger) is String, "KEDA takes texts only")
        let workers = try DeploymentFilesTests.documents("kubernetes/worker.yaml").first
        #expect(
            DeploymentFilesTests.at("spec", "scaleTargetRef", "name", in: scaled) as? String == DeploymentFilesTests.at(
                "metadata", "name", in: workers) as? String)
        let authentication = try #require(
            try DeploymentFilesTests.documents("kubernetes/keda.yaml").first { $0["kind"] as? String == "TriggerAuthentication" })
        #expect(
            DeploymentFilesTests.at("authenticationRef", "name", in: trigger) as? String == DeploymentFilesTests.at(
                "metadata", "name", in: authentication) as? String)
        try await Product.with { product in
            try await product.bringIn(Product.recordings(5))
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    INSERT INTO dailies.jobs (kind, payload, state, due_at)
                    VALUES ('inspect_response', '{"response_id": 1}', 'scheduled', now() + interval '1 hour')
                    """)
            }
            let conninfo = DatabaseAccount.monitor.reaching(product.pool.configuration.connection.connectionString)
            #expect(try await PSQL.run(query, on: conninfo) == "5")
            // More workers would find nothing of what is paused; what runs is still somebody's work.
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    INSERT INTO dailies.jobs (kind, payload, priority)
                    VALUES ('render_response', '{"response_id": 1}', 12), ('render_response', '{"response_id": 2}', 12)
                    """)
            }
            #expect(try await PSQL.run(query, on: conninfo) == "7")
            #expect(try await product.run("queue", "pause", "--kind", "render_response", "--note", "a test").code == 0)
            #expect(try await PSQL.run(query, on: conninfo) == "5")
            #expect(try await product.run("queue", "pause", "--note", "a test").code == 0)
            #expect(try await PSQL.run(query, on: conninfo) == "0")
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    WITH running AS (
                        UPDATE dailies.jobs SET state = 'running', worker_id = gen_random_uuid(), claimed_at = now(), attempt = 1
                        WHERE id = (SELECT min(id) FROM dailies.jobs) RETURNING id, worker_id)
                    INSERT INTO dailies.claims (worker_id, job_ids) SELECT worker_id, ARRAY[id] FROM running
                    """)
            }
            #expect(try await PSQL.run(query, on: conninfo) == "1")
            #expect(try await product.run("queue", "resume").code == 0)
            #expect(try await PSQL.run(query, on: conninfo) == "7")
        }
    }
}
