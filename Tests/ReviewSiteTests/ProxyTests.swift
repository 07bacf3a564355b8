import TestSupport
import Testing

@testable import ReviewSite

/// A company's single sign-on in front of the site.
@Suite("A sign-on's header", .tags(.database))
struct ProxyTests {
    private static func configuration(proxy: String) throws -> ReviewSite.Configuration {
        try ReviewSite.Configuration(port: 0, proxies: [proxy], emailHeader: "X-Forwarded-Email")
    }

    @Test("signs in whom a named proxy vouches for, and nobody else")
    func named() async throws {
        try await House.with(Self.configuration(proxy: "127.0.0.1")) { house in
            let page = try await house.client.get("/", ("X-Forwarded-Email", "Rosa@team.example"))
            #expect(page.status == 200 && page.header("set-cookie")?.contains("HttpOnly") == true)
            #expect(try await house.client.get("/", ("X-Forwarded-Email", "stranger@team.example")).status == 403)
            #expect(
                try await house.client.get("/", ("X-Forwarded-Email", "rosa@team.example"), ("X-Forwarded-Email", "ines@team.example"))
                    .status == 400)
            #expect(try await house.client.get("/", ("X-Forwarded-Email", "")).status == 401)
            let session = try await house.browser(of: house.ines)
            #expect(try await session.get("/").status == 401, "a cookie alone says nothing there")
            let cookie = try #require(page.header("set-cookie")?.split(separator: ";").first.map(String.init))
            let other = try await house.client.get("/health", ("Cookie", cookie), ("X-Forwarded-Email", "ines@team.example"))
            #expect(other.status == 200, "the header decides, not the cookie")
            try await house.accounts.setDisabled(true, email: "rosa@team.example")
            #expect(try await house.client.get("/", ("X-Forwarded-Email", "rosa@team.example")).status == 403)
        }
    }

    @Test("is nothing from whoever is no named proxy")
    func stranger() async throws {
        let header = ("X-Forwarded-Email", "ines@team.example")
        try await House.with(Self.configuration(proxy: "192.0.2.1")) { house in
            let claimed = try await house.client.get("/", header)
            #expect(claimed.status == 401)
            let forwarded = try await house.client.get("/", header, ("X-Forwarded-For", "192.0.2.1"))
            #expect(forwarded.status == 401)
        }
        try await House.with { house in
            let claimed = try await house.client.get("/", header)
            #expect(claimed.status == 401, "where none is configured")
        }
    }

    @Test("changes nothing for programs: their tokens say who they are")
    func programs() async throws {
        try await House.with(Self.configuration(proxy: "127.0.0.1")) { house in
            let program = try await house.program(of: house.rosa)
            #expect(try await program.get("/api/v1/me").text.contains("rosa@team.example"))
            #expect(try await house.client.get("/api/v1/me", ("X-Forwarded-Email", "ines@team.example")).status == 401)
        }
    }
}
