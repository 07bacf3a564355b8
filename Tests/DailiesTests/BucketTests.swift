import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The whole product with its recordings in a bucket of a real S3 server, reached by way of a proxy that can spoil requests.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct BucketTests {
    private struct BucketDeployment {
        var product: Product
        let store: ObjectStore
        let proxy: FaultyStore
        let bucket: String
        private static let prefix = "answers/"

        static func with(_ body: (BucketDeployment) async throws -> Void) async throws {
            let store = try await ObjectStore.running()
            let bucket = try await store.makeBucket()
            let proxy = try FaultyStore(before: store.port)
            try await Product.with { product in
                var deployment = BucketDeployment(product: product, store: store, proxy: proxy, bucket: bucket)
                deployment.product.settings = [
                    "DAILIES_STORAGE": "s3://\(bucket)/answers", "DAILIES_S3_ENDPOINT": proxy.endpoint,
                    "AWS_ACCESS_KEY_ID": ObjectStore.accessKeyID, "AWS_SECRET_ACCESS_KEY": ObjectStore.secretAccessKey,
                ]
                try await body(deployment)
            }
            proxy.goAway()
        }

        /// A HEAD request for a file is answered without a GET of it.
        func expectHeadOnly(_ target: String, token: String, port: Int, bytes: Int) async throws {
            let begun = proxy.requests.count
            let head = try await PlainHTTP.head(target, port: port, headers: ["Authorization": "Bearer \(token)"])
            #expect(head.status == 200 && head.body.isEmpty && head.header("Content-Length") == "\(bytes)")
            #expect(proxy.requests[begun...].filter { $0.target.contains("/artifacts/") }.map(\.method) == ["HEAD"])
        }

        func contents() async throws -> [String: Int] { try await store.contents(of: bucket).keys }

        /// Every answer is reviewable, of the first attempt, with all its artifacts in the bucket and nothing left on this machine.
        func expectWhole(responses: Int) async throws {
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == responses)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 1") == 0)
            let contents = try await contents()
            let rows = try await product.pool.query(
                """
                SELECT key, bytes FROM dailies.artifacts
                UNION SELECT recording_key, declared_bytes FROM dailies.responses
                """)
            let stored = try rows.decode((String.self, Int.self))
            #expect(!stored.isEmpty)
            for (key, bytes) in stored { #expect(contents[Self.prefix + key] == bytes, "\(key)") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: product.data.appending("spool").string) == [])
            #expect(!FileManager.default.fileExists(atPath: product.data.appending("storage").string))
        }
    }

    @Test func `answers in a bucket become reviewable in spite of faults on the way`() async throws {
        try await BucketDeployment.with { deployment in
            deployment.proxy.spoil("PUT", .answer(503, code: "SlowDown"), .cutRequest(after: 5000))
            try await deployment.product.bringIn(Product.recordings(3))
            #expect(deployment.proxy.isThrough)
            deployment.proxy.spoil("HEAD", .answer(500, code: nil), .loseAnswer)
            deployment.proxy.spoil("GET", .cutAnswer(after: 70_000), .misannounce(by: -100))
            deployment.proxy.spoil("PUT", .loseAnswer, .answer(500, code: "InternalError"), .cutRequest(after: 100))
            let up = try await deployment.product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            #expect(deployment.proxy.isThrough)
            try await deployment.expectWhole(responses: 3)

            let doctor = try await deployment.product.run("doctor")
            #expect(doctor.output.contains("s3://\(deployment.bucket)/answers can be read and written"), "\(doctor.output)")
            for secret in [ObjectStore.accessKeyID, ObjectStore.secretAccessKey] { #expect(!doctor.output.contains(secret)) }

            let posters = deployment.product.data.appending("posters")
            // Twice, because the second time every file is there already.
            for _ in 1...2 {
                let listed = try await deployment.product.run("answers", "--posters", posters.string)
                #expect(listed.code == 0, "\(listed.error)")
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: posters.string) {
                #expect(try Data(contentsOf: URL(filePath: posters.appending(name).string)).starts(with: [0xFF, 0xD8]))
            }
        }
    }

    @Test func `a worker with a role instead of keys works, and doctor says until when its credentials hold`() async throws {
        try await BucketDeployment.with { deployment in
            var product = deployment.product
            let token = product.data.appending("identity")
            try Data("identity-geheim".utf8).write(to: URL(filePath: token.string))
            product.settings["AWS_ACCESS_KEY_ID"] = nil
            product.settings["AWS_SECRET_ACCESS_KEY"] = nil
            product.settings["AWS_WEB_IDENTITY_TOKEN_FILE"] = token.string
            product.settings["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/worker"
            product.settings["AWS_ENDPOINT_URL_STS"] = deployment.store.endpoint
            try await product.bringIn(Product.recordings(1))
            let up = try await product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            try await deployment.expectWhole(responses: 1)
            let doctor = try await product.run("doctor")
            #expect(doctor.output.contains("AWS_WEB_IDENTITY_TOKEN_FILE"), "\(doctor.output)")
            let told = doctor.output.firstMatch(
                of: /ok +credentials: web identity as arn:aws:iam::123456789012:role\/worker; these hold until [0-9T:Z-]+, in (59|60) min/)
            #expect(told != nil, "\(doctor.output)")
            try Data("somebody else's geheim".utf8).write(to: URL(filePath: token.string))
            let refused = try await product.run("doctor")
            #expect(refused.code == 78)
            #expect(refused.output.contains("problem credentials:"), "\(refused.output)")
            #expect(![up.error, doctor.output, refused.output].contains { $0.contains("geheim") })
        }
    }

    @Test func `the site redirects only those who may see an answer to the store's video`() async throws {
        try await BucketDeployment.with { deployment in
            let product = deployment.product
            try await product.bringIn([Fixtures.recording("chrome-vp8-opus.webm")])
            #expect(try await product.run("up", "--once").code == 0)
            let ada = try await token(of: "ada", admin: true, product)
            let bo = try await token(of: "bo", admin: false, product)
            let bytes: Int = try await product.value("SELECT bytes FROM dailies.artifacts WHERE kind = 'playback'")
            try await serving(product) { port in
                func get(_ kind: String, _ token: String, range: String? = nil) async throws -> PlainHTTP.Answer {
                    var headers = ["Authorization": "Bearer \(token)"]
                    headers["Range"] = range
                    return try await PlainHTTP.get("/media/1/\(kind)", port: port, headers: headers)
                }
                let sent = try await get("playback", ada)
                #expect(sent.status == 302)
                #expect(sent.header("Cache-Control") == "private, no-store")
                #expect(sent.header("Content-Security-Policy")?.contains("media-src 'self' blob: \(deployment.proxy.endpoint);") == true)
                let link = try #require(sent.header("Location"))
                #expect(link.hasPrefix(deployment.proxy.endpoint + "/"))
                #expect(link.contains("X-Amz-Expires="))
                let target = String(link.dropFirst(deployment.proxy.endpoint.count))
                for range in [0..<4, bytes - 1000..<bytes] {
                    let part = try await PlainHTTP.get(
                        target, port: deployment.proxy.port, headers: ["Range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
                    #expect(part.status == 206)
                    #expect(part.header("Content-Range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes)")
                    #expect(part.body.count == range.count)
                    // EBML's magic number.
                    if range.lowerBound == 0 { #expect(part.body == Data([0x1A, 0x45, 0xDF, 0xA3])) }
                }
                #expect(try await get("playback", bo).status == 404)
                try await deployment.expectHeadOnly("/media/1/playback", token: ada, port: port, bytes: bytes)

                // What scripts read comes through the site, in ranges too, and goes on where the store breaks off.
                deployment.proxy.spoil("GET", .cutAnswer(after: 300))
                let poster = try await get("poster", ada)
                #expect(poster.status == 200)
                #expect(poster.body.count == (try await product.value("SELECT bytes FROM dailies.artifacts WHERE kind = 'poster'")))
                #expect(poster.body.starts(with: [0xFF, 0xD8]) && poster.body.suffix(2) == Data([0xFF, 0xD9]))
                let part = try await get("poster", ada, range: "bytes=100-199")
                #expect(part.status == 206 && part.body == poster.body[100..<200])
            }
            var other = product
            other.settings["DAILIES_S3_MEDIA"] = "through"
            try await serving(other) { port in
                let part = try await PlainHTTP.get(
                    "/media/1/playback", port: port, headers: ["Authorization": "Bearer \(ada)", "Range": "bytes=0-3"])
                #expect(part.status == 206 && part.body == Data([0x1A, 0x45, 0xDF, 0xA3]))
                #expect(part.header("Content-Security-Policy")?.contains("media-src 'self' blob:;") == true)
                try await deployment.expectHeadOnly("/media/1/playback", token: ada, port: port, bytes: bytes)
                deployment.proxy.goAway()
                let away = try await PlainHTTP.get("/media/1/poster", port: port, headers: ["Authorization": "Bearer \(ada)"])
                #expect(away.status == 503)
            }
        }
    }

    @Test func `while a store is away no job is claimed and no attempt is used up, and work goes on when it is back`() async throws {
        try await BucketDeployment.with { deployment in
            let product = deployment.product
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                deployment.proxy.goAway()
                try await until { worker.said.contains("claims no jobs until this obstacle is gone") }
                let held = try await Scraped.get("/readyz", of: worker, in: product)
                #expect(held.status == 503)
                #expect(held.text.contains("storage: Cannot look for a file in s3://\(deployment.bucket)/answers"), "\(held.text)")
                try deployment.proxy.comeBack()
                try await until { worker.said.contains("claims jobs again") }
                try await product.bringIn(Product.recordings(3), from: 2)
                try await product.until("SELECT count(*) = 4 FROM dailies.review_records")
                for secret in [ObjectStore.accessKeyID, ObjectStore.secretAccessKey] { #expect(!worker.said.contains(secret)) }
            }
            try await deployment.expectWhole(responses: 4)
        }
    }

    @Test func `a worker that stops while a store does not respond releases its job, which uses up no attempt`() async throws {
        try await BucketDeployment.with { deployment in
            let product = deployment.product
            try await product.bringIn(Product.recordings(1))
            deployment.proxy.spoil("HEAD", .hang)
            let begun = deployment.proxy.requests.count
            let status = try await product.running("work", "--grace-seconds", "0") { worker in
                try await until { deployment.proxy.requests[begun...].contains { $0.method == "HEAD" } }
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available'") == 1)
            let story = try await product.story(of: try await product.value("SELECT id FROM dailies.jobs"))
            #expect(story.timeline.map(\.outcome) == ["released"])
        }
    }

    private func token(of name: String, admin: Bool, _ product: Product) async throws -> String {
        let email = "\(name)@example.org"
        #expect(try await product.run(["reviewer", "add", email, "--name", name] + (admin ? ["--admin"] : [])).code == 0)
        let made = try await product.run("token", "add", email, "--name", "test")
        #expect(made.code == 0, "\(made.error)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs the site beside `body`, which gets its port.
    private func serving(_ product: Product, _ body: @escaping (_ port: Int) async throws -> Void) async throws {
        let port = try FreePort.any()
        let log = product.data.appending("site-\(port).log")
        try await product.running(["serve", "--listen", "127.0.0.1:\(port)"], log: log) { site in
            try await until { (try? await PlainHTTP.get("/sign-in", port: port).status) == 200 }
            try await body(port)
            kill(site, SIGTERM)
        }
    }
}
