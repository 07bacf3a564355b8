import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// How people come to a password, and to a new one.
@Suite("A password", .tags(.database), .timeLimit(.minutes(5)))
struct PasswordTests {
    private static let form = ("Content-Type", "application/x-www-form-urlencoded")

    /// A browser that a one-time link signed in, and where the link led.
    private static func byLink(_ site: TestSite, _ reviewer: Reviewer) async throws -> (browser: SiteClient, target: String?) {
        let link = try await site.accounts.makeLink(for: reviewer)
        let answer = try await site.client.send("POST", "/sign-in/\(link.text)")
        let text = try #require(answer.header("set-cookie")).prefix { $0 != ";" }
        let token = try #require(SecretToken(text.dropFirst("dailies=".count)))
        return (site.client.with(("Cookie", String(text)), ("X-CSRF-Token", token.derived(for: "csrf"))), answer.header("location"))
    }

    private static func trail(_ site: TestSite) async throws -> [String] {
        try await site.pool.query(
            """
            SELECT concat_ws(' ', reviewer_id, detail ->> 'by', detail ->> 'reviewer_id') FROM dailies.audit_events
            WHERE action = 'password.set' ORDER BY id
            """, as: String.self)
    }

    @Test("that was forgotten is replaced in a session that a link began, once, and the trail tells so")
    func forgotten() async throws {
        try await TestSite.with { testSite in
            let rosa = testSite.rosa.id
            try await testSite.accounts.setPassword("a-forgotten-password", email: testSite.rosa.email)
            let (browser, target) = try await Self.byLink(testSite, testSite.rosa)
            #expect(target == "/password")
            let page = try await browser.get("/password", ("Accept", "text/html"))
            #expect(page.text.contains("once, and within 15 minutes") && !page.text.contains("name=\"current\""))
            // What is no password does not use it up.
            #expect(try await browser.send("POST", "/password", [Self.form], body: "password=short").status == 422)
            let set = try await browser.send("POST", "/password", [Self.form], body: "password=another-long-password")
            #expect(set.status == 303)
            #expect(try await browser.get("/").status == 401, "the link's session has ended with all others")
            let entered = try await testSite.client.send(
                "POST", "/sign-in", [Self.form], body: "email=rosa@team.example&password=another-long-password")
            #expect(entered.status == 303)
            #expect(try await Self.trail(testSite) == ["command \(rosa)", "\(rosa) link \(rosa)"])

            // The session that the new password began needs the password for the next one.
            let text = try #require(set.header("set-cookie")).prefix { $0 != ";" }
            let token = try #require(SecretToken(text.dropFirst("dailies=".count)))
            let next = testSite.client.with(("Cookie", String(text)), ("X-CSRF-Token", token.derived(for: "csrf")))
            #expect(try await next.get("/password", ("Accept", "text/html")).text.contains("name=\"current\""))
            #expect(try await next.send("POST", "/password", [Self.form], body: "password=a-third-long-password").status == 422)
        }
    }

    @Test("is not replaced by a link's session after its time, nor by a session of another kind, nor twice at once")
    func late() async throws {
        try await TestSite.with { testSite in
            try await testSite.accounts.setPassword("a-forgotten-password", email: testSite.rosa.email)
            let other = try await testSite.browser(of: testSite.rosa)
            #expect(try await other.send("POST", "/password", [Self.form], body: "password=another-long-password").status == 422)
            let (browser, _) = try await Self.byLink(testSite, testSite.rosa)
            try await testSite.pool.execute("UPDATE dailies.sessions SET may_set_password_until = now() - interval '1 second'")
            #expect(try await browser.send("POST", "/password", [Self.form], body: "password=another-long-password").status == 422)
            #expect(try await browser.get("/password", ("Accept", "text/html")).text.contains("name=\"current\""))

            let (session, hasher) = (SecretToken(), PasswordHasher())
            try await testSite.pool.execute(
                """
                INSERT INTO dailies.sessions (token_hash, reviewer_id, expires_at, may_set_password_until)
                VALUES (\(session.hash), \(testSite.rosa.id), now() + interval '1 day', now() + interval '15 minutes')
                """)
            let (rosa, site) = (testSite.rosa, testSite.services.accounts)
            var ended: [Bool] = []
            await withTaskGroup(of: Bool.self) { group in
                for number in 1...2 {
                    group.addTask {
                        let set: Void? = try? await site.setPassword(
                            "password-number-\(number)", of: rosa, by: .link(session: session), hasher: hasher)
                        return set != nil
                    }
                }
                for await isSet in group { ended.append(isSet) }
            }
            #expect(ended.filter(\.self).count == 1)
            await #expect(throws: AccountsError.self) {
                try await site.setPassword("a-fourth-long-password", of: rosa, by: .first, hasher: hasher)
            }
        }
    }
}
