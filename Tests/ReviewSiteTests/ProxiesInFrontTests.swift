import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// The site behind the proxies that `deploy/proxy` describes.
@Suite("Behind nginx and HAProxy as they are delivered", .tags(.database, .server), .timeLimit(.minutes(10)))
struct ProxiesInFrontTests {
    @Test("each client has limits of its own, nobody signs in by a header, and no request hides another")
    func inFront() async throws {
        let configuration = try ReviewSite.Configuration(port: 0, proxies: ["127.0.0.1"], emailHeader: "X-Forwarded-Email")
        try await TestSite.with(configuration) { testSite in
            try await ProxiesInFront.with(site: testSite.client.port) { proxies in
                try await expectOwnLimits(testSite, proxies)
                for (name, port) in proxies.all {
                    try await expectNoForgedSignOn(testSite, name, port)
                    try await expectNoHiddenRequest(testSite, name, port)
                }
            }
        }
    }

    // Clients

    private static let (busy, other): (UInt32, UInt32) = (0x7F00_0201, 0x7F00_0301)

    private func signIn(_ port: Int, as name: String, from source: UInt32, _ headers: String...) async throws -> [Int] {
        let form = "email=\(name)%40team.example&password=wrong"
        let head = """
            POST /sign-in HTTP/1.1\r\nHost: review.example.org\r\nContent-Type: application/x-www-form-urlencoded\r
            Content-Length: \(form.utf8.count)\r\nConnection: close\r\n\(headers.map { "\($0)\r\n" }.joined())\r\n
            """
        return try await RawRequest(head + form, isAll: false, source: source).send(to: port).statuses
    }

    private func expectOwnLimits(_ testSite: TestSite, _ proxies: ProxiesInFront) async throws {
        #expect(try await signIn(proxies.nginx, as: "first", from: Self.busy) == [422])
        // As if this client had tried many accounts.
        try await testSite.pool.execute(
            """
            INSERT INTO dailies.sign_in_attempts (account_hash, address_hash, attempted_at)
            SELECT sha256(convert_to(number::text, 'UTF8')), address_hash, attempted_at
            FROM dailies.sign_in_attempts, generate_series(1, 60) AS number
            """)
        for (name, port) in proxies.all {
            #expect(try await signIn(port, as: "second", from: Self.busy) == [429], "\(name)")
            for forged in [
                "X-Forwarded-For: 203.0.113.9", "x-forwarded-for: 203.0.113.9\r\nX-FORWARDED-FOR: 203.0.113.10",
                "X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.9, 127.0.0.1,", "X-Forwarded-For: \u{600}, 127.0.0.1",
                "Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9", "X_Forwarded_For: 203.0.113.9",
                "Connection: X-Forwarded-For", "X-Forwarded-For: \(String(repeating: "127.0.0.1,", count: 500))203.0.113.9",
            ] {
                #expect(try await signIn(port, as: "third", from: Self.busy, forged) == [429], "\(name): \(forged.prefix(60))")
            }
            #expect(try await signIn(port, as: "fourth-\(name)", from: Self.other) == [422], "\(name): another client goes on")
        }
    }

    // The company's sign-on

    private func expectNoForgedSignOn(_ testSite: TestSite, _ name: String, _ port: Int) async throws {
        let ines = testSite.ines.email
        for forged in [
            "X-Forwarded-Email: \(ines)", "x-forwarded-email:\(ines)", "X-Forwarded-Email: \(ines)\r\nX-Forwarded-Email: \(ines)",
            "X-Forwarded-Email:\r\n \(ines)", "X-Forwarded-Email : \(ines)", "X_Forwarded_Email: \(ines)", "X-Forwarded-Email\t: \(ines)",
            "A: b\r\n X-Forwarded-Email: \(ines)", "A: b\nX-Forwarded-Email: \(ines)", "A: b\rX-Forwarded-Email: \(ines)",
            "A: b\0\r\nX-Forwarded-Email: \(ines)", "Connection: X-Forwarded-Email\r\nX-Forwarded-Email: \(ines)",
            "\u{600}X-Forwarded-Email: \(ines)", "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Email: \(ines)",
        ] {
            let request = "GET /health HTTP/1.1\r\nHost: review.example.org\r\nConnection: close\r\n\(forged)\r\n\r\n"
            let answer = try await RawRequest(request, isAll: false).send(to: port)
            #expect(answer.statuses == [401] || answer.statuses == [400], "\(name): \(forged.debugDescription): \(answer.statuses)")
        }
        // The proxy itself is believed, so these words reach the page.
        #expect(try await testSite.client.get("/health", ("X-Forwarded-Email", ines)).status == 200)
    }

    // Requests in requests

    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: review.example.org\r\n\r\n"
    private static let ambiguous: [(text: String, isWhole: Bool)] = {
        let body = "0\r\n\r\n" + hidden
        let post = "POST /sign-in HTTP/1.1\r\nHost: review.example.org\r\nConnection: close\r\n"
        let long = "Content-Length: \(body.utf8.count)\r\n"
        func get(_ target: String, _ headers: String = "") -> String {
            "GET \(target) HTTP/1.1\r\nHost: review.example.org\r\nConnection: close\r\n\(headers)\r\n"
        }
        let lengths = [
            "\(long)Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n\(long)", "\(long)Transfer-Encoding : chunked\r\n",
            "\(long)Transfer-Encoding: xchunked\r\n", "\(long)Transfer-Encoding: chunked, identity\r\n",
            "\(long)Transfer-Encoding:\u{b}chunked\r\n", "\(long)Transfer-Encoding:\r\n chunked\r\n",
            "\(long)Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "\(long)Content-Length: 5\r\n",
            "Content-Length: 5\r\n\(long)", "Content-Length: 5, \(body.utf8.count)\r\n", "Content-Length: +\(body.utf8.count)\r\n",
            "Content-Length: 0x5\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: \r\n",
            "\(long)X: y\rTransfer-Encoding: chunked\r\n", "\(long)X: y\nTransfer-Encoding: chunked\r\n",
        ]
        let chunks = [
            "5;\n\(hidden)", "0x5\r\nabcde\r\n0\r\n\r\n", "-5\r\nabcde\r\n", "FFFFFFFFFFFFFFFFF\r\nabc", "5\nabcde\n0\n\n",
            "0\r\nTransfer-Encoding: x\r\nX-Forwarded-Email: ines@team.example\r\n\r\n", "zz\r\n",
        ].map { "\(post)Transfer-Encoding: chunked\r\n\r\n\($0)" }
        let targets = [
            "/%2e%2e/health", "/roles%2fbaker", "//health", "///", "/static/..;/health", "/static/../health", "/health%00", "/%00",
            "/sign-in?return_to=%00", "/%ff%fe", "/%", "/%zz", "/sign-in%0d%0aX:%20y", "http://review.example.org/health",
            "http://127.0.0.1/health", "*", "health", "/sign-in#x", "/\\health", "/" + String(repeating: "a", count: 7_000),
            "/sign-in?" + String(repeating: "a=b&", count: 1_500),
        ].map { get($0) }
        let headers = [
            "Host: other.example.org\r\n", "X: \(String(repeating: "y", count: 7_000))\r\n", "X: \0\r\n", ": y\r\n", "X\r\n",
            String(repeating: "X: y\r\n", count: 300), "Range: bytes=\(String(repeating: "0-1,", count: 1_000))2-3\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n",
        ].map { get("/sign-in", $0) }
        let unfinished = lengths.map { "\(post)\($0)\r\n\(body)" } + chunks
        return unfinished.map { (text: $0, isWhole: false) } + (targets + headers).map { (text: $0, isWhole: true) }
    }()

    /// After each of them, what others ask over the same connections to the site is answered as it should be.
    private func expectNoHiddenRequest(_ testSite: TestSite, _ name: String, _ port: Int) async throws {
        for (request, isWhole) in Self.ambiguous {
            // The end of what is sent ends the wait for the rest of a body that will not come.
            let answer = try await RawRequest(request, isAll: !isWhole).send(to: port)
            #expect(
                !answer.statuses.contains { $0 >= 500 && $0 != 501 }, "\(name): \(request.prefix(120).debugDescription): \(answer.statuses)"
            )
            for _ in 0..<2 {
                let next = try await SiteClient(port: port).get("/sign-in")
                #expect(next.status == 200, "\(name), after \(request.prefix(120).debugDescription)")
            }
        }
        #expect(try await testSite.client.get("/sign-in").status == 200)
    }
}
