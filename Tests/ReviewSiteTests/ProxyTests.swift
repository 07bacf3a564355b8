import HTTPTypes
import TestSupport
import Testing

@testable import ReviewSite

/// A company's single sign-on in front of the site.
@Suite("A sign-on's header", .tags(.database))
struct ProxyTests {
    private static func configuration(proxy: String) throws -> ReviewSite.Configuration {
        try ReviewSite.Configuration(port: 0, proxies: [proxy], emailHeader: "X-Forwarded-Email")
    }

    @Test("signs in the person whom a trusted proxy names, and nobody else")
    func named() async throws {
        try await TestSite.with(Self.configuration(proxy: "127.0.0.1")) { testSite in
            let page = try await testSite.client.get("/", ("X-Forwarded-Email", "Rosa@team.example"))
            #expect(page.status == 200 && page.header("set-cookie")?.contains("HttpOnly") == true)
            #expect(try await testSite.client.get("/", ("X-Forwarded-Email", "ROSA@team.example.")).status == 200, "another spelling of it")
            for stranger in ["stranger@team.example", "rosa\u{200B}@team.example", "r\u{FF4F}sa@team.example", "rosa"] {
                #expect(try await testSite.client.get("/", ("X-Forwarded-Email", stranger)).status == 403, "\(stranger.debugDescription)")
            }
            #expect(
                try await testSite.client.get("/", ("X-Forwarded-Email", "rosa@team.example"), ("X-Forwarded-Email", "ines@team.example"))
                    .status == 400)
            #expect(try await testSite.client.get("/", ("X-Forwarded-Email", "")).status == 401)
            let session = try await testSite.browser(of: testSite.ines)
            #expect(try await session.get("/").status == 401, "a cookie alone says nothing there")
            let cookie = try #require(page.header("set-cookie")?.split(separator: ";").first.map(String.init))
            let other = try await testSite.client.get("/health", ("Cookie", cookie), ("X-Forwarded-Email", "ines@team.example"))
            #expect(other.status == 200, "the header decides, not the cookie")
            try await testSite.accounts.setDisabled(true, email: "rosa@team.example")
            #expect(try await testSite.client.get("/", ("X-Forwarded-Email", "rosa@team.example")).status == 403)
        }
    }

    @Test("is ignored from senders that are not trusted proxies")
    func stranger() async throws {
        let header = ("X-Forwarded-Email", "ines@team.example")
        try await TestSite.with(Self.configuration(proxy: "192.0.2.1")) { testSite in
            let claimed = try await testSite.client.get("/", header)
            #expect(claimed.status == 401)
            let forwarded = try await testSite.client.get("/", header, ("X-Forwarded-For", "192.0.2.1"))
            #expect(forwarded.status == 401)
        }
        try await TestSite.with { testSite in
            let claimed = try await testSite.client.get("/", header)
            #expect(claimed.status == 401, "where none is configured")
        }
    }

    @Test("counts hops by commas, whatever stands before one")
    func hops() throws {
        let trust = try ProxyTrust(proxies: ["127.0.0.1"], emailHeader: nil)
        func client(_ header: String) -> String {
            var headers = HTTPFields()
            headers[.init("X-Forwarded-For")!] = header
            return trust.clientAddress(peer: "127.0.0.1", headers: headers)
        }
        #expect(client("198.51.100.7, 203.0.113.9") == "203.0.113.9")
        #expect(client("\u{600}, 203.0.113.9") == "203.0.113.9")
        #expect(client("198.51.100.7\u{600}, 203.0.113.9, 127.0.0.1") == "203.0.113.9")
    }

    @Test("comes through a proxy that no setting names: the page about health says so")
    func unnamed() async throws {
        try await TestSite.with(try ReviewSite.Configuration(port: 0, proxies: ["192.0.2.1"])) { testSite in
            let admin = try await testSite.browser(of: testSite.ines)
            #expect(try await admin.get("/health").text.contains("trusted-proxies") == false)
            #expect(try await testSite.client.get("/sign-in", ("X-Forwarded-For", "203.0.113.9")).status == 200)
            let page = try await admin.get("/health").text
            #expect(page.contains("trusted-proxies does not name") && !page.contains("203.0.113.9"))
            #expect(!testSite.services.unnamedProxy.notice(), "the log has it already")
        }
    }

    @Test("changes nothing for programs: their tokens say who they are")
    func programs() async throws {
        try await TestSite.with(Self.configuration(proxy: "127.0.0.1")) { testSite in
            let program = try await testSite.program(of: testSite.rosa)
            #expect(try await program.get("/api/v1/me").text.contains("rosa@team.example"))
            #expect(try await testSite.client.get("/api/v1/me", ("X-Forwarded-Email", "ines@team.example")).status == 401)
        }
    }
}
