import Foundation
import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// How people show who they are.
@Suite("Signing in", .tags(.database))
struct SignInTests {
    private static func cookie(_ answer: SiteClient.Answer) throws -> (text: String, attributes: String) {
        let header = try #require(answer.header("set-cookie"))
        let parts = header.split(separator: ";", maxSplits: 1)
        return (String(parts[0]), String(parts[1]))
    }

    private static func signIn(_ client: SiteClient, _ email: String, _ password: String, to target: String = "/") async throws
        -> SiteClient.Answer
    {
        try await client.send(
            "POST", "/sign-in", [("Content-Type", "application/x-www-form-urlencoded")],
            body: "email=\(email)&password=\(password)&return_to=\(target)")
    }

    @Test("with the password begins a session that leads on, and with a wrong one tells not which of the two was wrong")
    func password() async throws {
        try await House.with { house in
            try await house.accounts.setPassword("a-long-password", email: house.rosa.email)
            let answer = try await Self.signIn(house.client, "Rosa@Team.example", "a-long-password", to: "/roles/baker")
            #expect(answer.status == 303 && answer.header("location") == "/roles/baker")
            let cookie = try Self.cookie(answer)
            #expect(
                cookie.attributes.contains("HttpOnly") && cookie.attributes.contains("SameSite=Lax") && cookie.attributes.contains("Path=/")
            )
            #expect(try await house.client.with(("Cookie", cookie.text)).get("/roles/baker").status == 200)

            let wrong = try await Self.signIn(house.client, "rosa@team.example", "another-password")
            let nobody = try await Self.signIn(house.client, "none@team.example", "another-password")
            #expect(wrong.status == 422 && wrong.header("set-cookie") == nil)
            #expect(wrong.text.replacing("rosa@", with: "none@") == nobody.text)
            for target in ["//evil.example", "https://evil.example", "/\\evil.example", "/sign-in"] {
                #expect(
                    try await Self.signIn(house.client, "rosa@team.example", "a-long-password", to: target).header("location") == "/",
                    "\(target)")
            }
        }
    }

    @Test("shows what was typed as text, also a quotation mark with an accent on it, which ends an attribute all the same")
    func escaping() async throws {
        try await House.with { house in
            let typed = "x\"\u{301}onfocus=<\u{338}b>'&"
            let answer = try await Self.signIn(
                house.client, try #require(typed.addingPercentEncoding(withAllowedCharacters: .alphanumerics)), "whatever")
            #expect(answer.holds("value=\"x&quot;\u{301}onfocus=&lt;\u{338}b&gt;&#39;&amp;\""))
        }
    }

    @Test("is refused with 429 after ten attempts at an account, wherever they came from, and a link still works")
    func limit() async throws {
        try await House.with { house in
            // All but the tenth are counted here, as the site counts them; hashing ten passwords would only take time.
            let limit = SignInLimit(pool: house.pool)
            for attempt in 0..<9 { #expect(try await limit.count(email: house.rosa.email, address: "192.0.2.\(attempt)") == nil) }
            let tenth = try await Self.signIn(house.client, "rosa@team.example", "whatever")
            #expect(tenth.status == 422)
            let answer = try await Self.signIn(house.client, "rosa@team.example", "whatever")
            #expect(answer.status == 429)
            #expect(answer.header("retry-after").flatMap { Int($0) }.map { (1...900).contains($0) } == true)
            let link = try await house.accounts.makeLink(for: house.rosa)
            #expect(try await house.client.send("POST", "/sign-in/\(link.text)").status == 303)
        }
    }

    @Test("by a link works once, not by looking at it, and not after another one was made or its time is over")
    func links() async throws {
        try await House.with { house in
            let link = try await house.accounts.makeLink(for: house.rosa)
            for _ in 0..<2 { #expect(try await house.client.get("/sign-in/\(link.text)").status == 200) }
            let used = try await house.client.send("POST", "/sign-in/\(link.text)")
            #expect(used.status == 303 && used.header("location") == "/password")
            #expect(try await house.client.with(("Cookie", Self.cookie(used).text)).get("/").status == 200)
            #expect(try await house.client.send("POST", "/sign-in/\(link.text)").status == 404)

            let (old, new) = (try await house.accounts.makeLink(for: house.rosa), try await house.accounts.makeLink(for: house.rosa))
            #expect(try await house.client.send("POST", "/sign-in/\(old.text)").status == 404)
            try await house.pool.execute(
                "UPDATE dailies.sign_in_links SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 minute'")
            #expect(try await house.client.get("/sign-in/\(new.text)").status == 404)
            #expect(try await house.client.send("POST", "/sign-in/\(new.text)").status == 404)
        }
    }

    @Test("ends whatever session the browser had, so that nobody can have prepared one")
    func fixation() async throws {
        try await House.with { house in
            let before = try await house.accounts.beginSession(of: house.sam, for: .seconds(3600), inPlaceOf: nil)
            let browser = house.client.with(("Cookie", "dailies=\(before.text)"))
            let link = try await house.accounts.makeLink(for: house.rosa)
            let answer = try await browser.send("POST", "/sign-in/\(link.text)", [("X-CSRF-Token", before.derived(for: "csrf"))])
            #expect(answer.status == 303)
            let cookie = try Self.cookie(answer)
            #expect(cookie.text != "dailies=\(before.text)")
            #expect(try await browser.get("/").status == 401, "the earlier session")
            // A secret that somebody else thought of is taken by nobody.
            let invented = SecretToken()
            #expect(try await house.client.with(("Cookie", "dailies=\(invented.text)")).get("/").status == 401)
        }
    }

    @Test("holds until one signs out, or its time is over, or the account is")
    func ending() async throws {
        try await House.with { house in
            let (first, second, third) = (
                try await house.browser(of: house.rosa), try await house.browser(of: house.rosa), try await house.browser(of: house.sam)
            )
            let out = try await first.send("POST", "/sign-out", [("Content-Type", "application/x-www-form-urlencoded")], body: "")
            #expect(out.status == 303 && out.header("clear-site-data") == "\"cache\"")
            #expect(try Self.cookie(out).attributes.contains("Max-Age=0"))
            #expect(try await first.get("/").status == 401)
            #expect(try await second.get("/").status == 200, "another browser of the same person")
            try await house.accounts.setDisabled(true, email: house.sam.email)
            #expect(try await third.get("/").status == 401)
            try await house.pool.execute(
                "UPDATE dailies.sessions SET created_at = now() - interval '1 day', expires_at = now() - interval '1 second'")
            #expect(try await second.get("/").status == 401)
        }
    }

    @Test("by TLS sets a cookie that goes nowhere without it")
    func secure() async throws {
        try await House.with(try ReviewSite.Configuration(port: 0, publicURL: "https://review.example.org")) { house in
            let link = try await house.accounts.makeLink(for: house.rosa)
            let answer = try await house.client.send("POST", "/sign-in/\(link.text)", [("Origin", "https://review.example.org")])
            let cookie = try Self.cookie(answer)
            #expect(cookie.text.hasPrefix("__Host-dailies=") && cookie.attributes.contains("Secure"))
            #expect(!cookie.attributes.contains("Domain"))
            #expect(answer.header("strict-transport-security") == "max-age=31536000")
            let other = try await house.accounts.makeLink(for: house.rosa)
            #expect(try await house.client.send("POST", "/sign-in/\(other.text)", [("Origin", "http://review.example.org")]).status == 403)
        }
    }
}
