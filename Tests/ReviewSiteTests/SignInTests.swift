import Foundation
import HTTPTypes
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

    /// Counts an attempt.
    private static func isAdmitted(_ limit: SignInLimit, _ reviewer: Reviewer, _ address: String) async throws -> Bool {
        do {
            _ = try await limit.count(email: reviewer.email, network: ClientNetwork(address: address), browser: nil)
            return true
        } catch let error as SiteError where error.status == .tooManyRequests {
            return false
        }
    }

    @Test("with the password begins a session; a wrong sign-in does not tell whether address or password was wrong")
    func password() async throws {
        try await TestSite.with { testSite in
            try await testSite.accounts.setPassword("a-long-password", email: testSite.rosa.email)
            let answer = try await Self.signIn(testSite.client, "Rosa@Team.example", "a-long-password", to: "/roles/baker")
            #expect(answer.status == 303 && answer.header("location") == "/roles/baker")
            let cookie = try Self.cookie(answer)
            #expect(
                cookie.attributes.contains("HttpOnly") && cookie.attributes.contains("SameSite=Lax") && cookie.attributes.contains("Path=/")
            )
            #expect(try await testSite.client.with(("Cookie", cookie.text)).get("/roles/baker").status == 200)

            let wrong = try await Self.signIn(testSite.client, "rosa@team.example", "another-password")
            let nobody = try await Self.signIn(testSite.client, "none@team.example", "another-password")
            #expect(wrong.status == 422 && wrong.header("set-cookie") == nil)
            #expect(wrong.text.replacing("rosa@", with: "none@") == nobody.text)
            for target in ["//evil.example", "https://evil.example", "/\\evil.example", "/sign-in"] {
                #expect(
                    try await Self.signIn(testSite.client, "rosa@team.example", "a-long-password", to: target).header("location") == "/",
                    "\(target)")
            }
        }
    }

    @Test("shows what was typed as text, also a quotation mark with an accent on it, which ends an attribute all the same")
    func escaping() async throws {
        try await TestSite.with { testSite in
            let typed = "x\"\u{301}onfocus=<\u{338}b>'&"
            let answer = try await Self.signIn(
                testSite.client, try #require(typed.addingPercentEncoding(withAllowedCharacters: .alphanumerics)), "whatever")
            #expect(answer.holds("value=\"x&quot;\u{301}onfocus=&lt;\u{338}b&gt;&#39;&amp;\""))
        }
    }

    @Test("is refused with 429 after ten attempts at an account, wherever they came from, and a link still works")
    func limit() async throws {
        try await TestSite.with { testSite in
            // All but the tenth are counted here, as the site counts them; hashing ten passwords would only take time.
            let limit = SignInLimit(pool: testSite.pool)
            for attempt in 0..<9 { #expect(try await Self.isAdmitted(limit, testSite.rosa, "192.0.2.\(attempt)")) }
            let tenth = try await Self.signIn(testSite.client, "rosa@team.example", "whatever")
            #expect(tenth.status == 422)
            let answer = try await Self.signIn(testSite.client, "rosa@team.example", "whatever")
            #expect(answer.status == 429)
            #expect(answer.header("retry-after").flatMap { Int($0) }.map { (1...900).contains($0) } == true)
            let link = try await testSite.accounts.makeLink(for: testSite.rosa)
            #expect(try await testSite.client.send("POST", "/sign-in/\(link.text)").status == 303)
        }
    }

    @Test("is not refused for as long as the database's clock was ahead, once that was set right")
    func clock() async throws {
        try await TestSite.with { testSite in
            let limit = SignInLimit(pool: testSite.pool)
            for attempt in 0..<10 { #expect(try await Self.isAdmitted(limit, testSite.rosa, "192.0.2.\(attempt)")) }
            try await testSite.pool.execute("UPDATE dailies.sign_in_attempts SET attempted_at = attempted_at + interval '1 day'")
            #expect(try await Self.isAdmitted(limit, testSite.rosa, "192.0.2.1"))
            // And it goes on counting.
            for attempt in 0..<9 { #expect(try await Self.isAdmitted(limit, testSite.rosa, "192.0.2.\(attempt)")) }
            #expect(try await !Self.isAdmitted(limit, testSite.rosa, "192.0.2.1"))
        }
    }

    @Test("by a link works once, not by looking at it, and not after another one was made or its time is over")
    func links() async throws {
        try await TestSite.with { testSite in
            let link = try await testSite.accounts.makeLink(for: testSite.rosa)
            for _ in 0..<2 { #expect(try await testSite.client.get("/sign-in/\(link.text)").status == 200) }
            let used = try await testSite.client.send("POST", "/sign-in/\(link.text)")
            #expect(used.status == 303 && used.header("location") == "/password")
            #expect(try await testSite.client.with(("Cookie", Self.cookie(used).text)).get("/").status == 200)
            #expect(try await testSite.client.send("POST", "/sign-in/\(link.text)").status == 404)

            let (old, new) = (
                try await testSite.accounts.makeLink(for: testSite.rosa), try await testSite.accounts.makeLink(for: testSite.rosa)
            )
            #expect(try await testSite.client.send("POST", "/sign-in/\(old.text)").status == 404)
            try await testSite.pool.execute(
                "UPDATE dailies.sign_in_links SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 minute'")
            #expect(try await testSite.client.get("/sign-in/\(new.text)").status == 404)
            #expect(try await testSite.client.send("POST", "/sign-in/\(new.text)").status == 404)
        }
    }

    @Test("ends the browser's earlier session, so that an attacker cannot prepare one")
    func fixation() async throws {
        try await TestSite.with { testSite in
            let before = try await testSite.accounts.beginSession(of: testSite.sam, for: .seconds(3600), inPlaceOf: nil)
            let browser = testSite.client.with(("Cookie", "dailies=\(before.text)"))
            let link = try await testSite.accounts.makeLink(for: testSite.rosa)
            let answer = try await browser.send("POST", "/sign-in/\(link.text)", [("X-CSRF-Token", before.derived(for: "csrf"))])
            #expect(answer.status == 303)
            let cookie = try Self.cookie(answer)
            #expect(cookie.text != "dailies=\(before.text)")
            #expect(try await browser.get("/").status == 401, "the earlier session")
            // A secret that somebody else thought of is taken by nobody.
            let invented = SecretToken()
            #expect(try await testSite.client.with(("Cookie", "dailies=\(invented.text)")).get("/").status == 401)
        }
    }

    @Test("lasts until the sign-out, its expiry or the end of the account")
    func ending() async throws {
        try await TestSite.with { testSite in
            let (first, second, third) = (
                try await testSite.browser(of: testSite.rosa), try await testSite.browser(of: testSite.rosa),
                try await testSite.browser(of: testSite.sam)
            )
            let out = try await first.send("POST", "/sign-out", [("Content-Type", "application/x-www-form-urlencoded")], body: "")
            #expect(out.status == 303 && out.header("clear-site-data") == "\"cache\"")
            #expect(try Self.cookie(out).attributes.contains("Max-Age=0"))
            #expect(try await first.get("/").status == 401)
            #expect(try await second.get("/").status == 200, "another browser of the same person")
            try await testSite.accounts.setDisabled(true, email: testSite.sam.email)
            #expect(try await third.get("/").status == 401)
            try await testSite.pool.execute(
                "UPDATE dailies.sessions SET created_at = now() - interval '1 day', expires_at = now() - interval '1 second'")
            #expect(try await second.get("/").status == 401)
        }
    }

    @Test("by TLS sets a cookie that browsers send only by TLS")
    func secure() async throws {
        try await TestSite.with(try ReviewSite.Configuration(port: 0, publicURL: "https://review.example.org")) { testSite in
            let link = try await testSite.accounts.makeLink(for: testSite.rosa)
            let answer = try await testSite.client.send("POST", "/sign-in/\(link.text)", [("Origin", "https://review.example.org")])
            let cookie = try Self.cookie(answer)
            #expect(cookie.text.hasPrefix("__Host-dailies=") && cookie.attributes.contains("Secure"))
            #expect(!cookie.attributes.contains("Domain"))
            #expect(answer.header("strict-transport-security") == "max-age=31536000")
            let other = try await testSite.accounts.makeLink(for: testSite.rosa)
            #expect(
                try await testSite.client.send("POST", "/sign-in/\(other.text)", [("Origin", "http://review.example.org")]).status == 403)
        }
    }
}
