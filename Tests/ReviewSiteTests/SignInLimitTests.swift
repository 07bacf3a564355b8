import Dispatch
import Foundation
import HTTPTypes
import NIOHTTP1
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ReviewSite

/// What attackers reach at the sign-in, and whom they shut out.
@Suite("Limits of signing in", .tags(.database), .timeLimit(.minutes(10)))
struct SignInLimitTests {
    private static let password = "a-long-password"
    private static let form = ("Content-Type", "application/x-www-form-urlencoded")

    private static func encoded(_ text: String) throws -> String {
        try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    }

    private static func signIn(
        _ site: TestSite, _ email: String, _ password: String = password, from address: String = "198.51.100.7", cookie: String? = nil
    ) async throws -> SiteClient.Answer {
        let headers = [form, ("X-Forwarded-For", address)] + (cookie.map { [("Cookie", $0)] } ?? [])
        return try await site.client.send(
            "POST", "/sign-in", headers, body: "email=\(try encoded(email))&password=\(try encoded(password))&return_to=/")
    }

    /// The cookie by which a browser is known.
    private static func browser(_ answer: SiteClient.Answer) throws -> String {
        let cookies = answer.headers["set-cookie"].map { String($0.prefix { $0 != ";" }) }
        return try #require(cookies.first { $0.hasPrefix("dailies-browser=") })
    }

    /// Failed attempts, as the site counts them; hashing passwords would only take time.
    private static func fail(_ site: TestSite, _ email: String, from address: String, times: Int = 1) async throws {
        for _ in 0..<times {
            _ = try await SignInLimit(pool: site.services.pool).count(email: email, network: ClientNetwork(address: address), browser: nil)
        }
    }

    private static func behindProxy(_ body: (TestSite) async throws -> Void) async throws {
        try await TestSite.with(try ReviewSite.Configuration(port: 0, proxies: ["127.0.0.1"]), body)
    }

    @Test("count every spelling that leads to an account for this account, and no other leads there")
    func spellings() async throws {
        try await Self.behindProxy { testSite in
            try await testSite.accounts.add(email: "irina@team.example", name: "Irina", access: .reviewer)
            try await testSite.accounts.setPassword(Self.password, email: "irina@team.example")
            try await Self.fail(testSite, "IRINA@team.example. ", from: "192.0.2.1", times: 10)
            // Right as the password is: none gets past the limit.
            for typed in [
                "irina@team.example", "Irina@Team.Example", "irina@team.example.", " irina@team.example\t", "İrina@team.example",
                "irina\u{200B}@team.example",
            ] {
                let answer = try await Self.signIn(testSite, typed)
                #expect(answer.status == 422 || answer.status == 429, "\(typed.debugDescription)")
            }
            // And by the database, with every character that anybody's rules make one of these letters.
            let letters = (0x80...0x1FFFF).compactMap { Unicode.Scalar(UInt32($0)) }.filter {
                let forms = [$0.properties.lowercaseMapping, $0.properties.uppercaseMapping.lowercased(), String($0).folded]
                return forms.contains { $0.unicodeScalars.contains { $0.isASCII } }
            }
            #expect(letters.contains("İ") && letters.contains("\u{212A}") && letters.contains("ｉ"))
            let (left, right) = ("irina@tea", ".example")
            let found = try await testSite.pool.query(
                """
                SELECT t FROM unnest(\(letters.map { "\($0)rina@team.example" } + letters.map { "\(left)\($0)\(right)" })::text[]) AS t
                WHERE EXISTS (SELECT FROM dailies.reviewers r WHERE r.email = dailies.email_address(t))
                """, as: String.self)
            #expect(found.isEmpty, "\(found)")
        }
    }

    @Test("answer an address that is none, or is far too long, as one that nobody has, and count it")
    func malformed() async throws {
        try await Self.behindProxy { testSite in
            let nobody = try await Self.signIn(testSite, "nobody@team.example")
            for typed in ["rosa", "rosa@", "ro\u{200B}sa@team.example", String(repeating: "x", count: 5000) + "@team.example"] {
                let answer = try await Self.signIn(testSite, typed)
                #expect(answer.status == 422 && nobody.status == 422)
                #expect(answer.text.contains("That address and that password do not go together."))
            }
            let counted: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.sign_in_attempts").one().decode(at: 0)
            #expect(counted == 5)
        }
    }

    @Test("count an IPv6 network as one, and leave other networks alone")
    func networks() async throws {
        let same = ["2001:db8:0:1::1", "2001:db8::1:ffff:ffff:ffff:ffff", "2001:0db8:0:1:2:3:4:5"].map { ClientNetwork(address: $0) }
        #expect(Set(same).count == 1)
        #expect(ClientNetwork(address: "2001:db8:0:2::1") != same[0])
        for address in ["::ffff:192.0.2.1", "64:ff9b::192.0.2.1", "2002:c000:201::1", "2002:c000:201:ffff::2"] {
            #expect(ClientNetwork(address: address) == ClientNetwork(address: "192.0.2.1"), "\(address)")
        }
        for address in ["192.0.2.2", "unknown", "", "2001:db8::%1", "64:ff9b:1::192.0.2.1"] {
            #expect(ClientNetwork(address: address) != ClientNetwork(address: "192.0.2.1"), "\(address)")
        }
        try await Self.behindProxy { testSite in
            try await testSite.accounts.setPassword(Self.password, email: testSite.rosa.email)
            for number in 0..<50 {
                try await Self.fail(testSite, "nobody-\(number)@team.example", from: "2001:db8:0:1::\(String(number, radix: 16))")
            }
            #expect(try await Self.signIn(testSite, "rosa@team.example", from: "2001:db8:0:1:ffff::1").status == 429)
            #expect(try await Self.signIn(testSite, "rosa@team.example", from: "2001:db8:0:2::1").status == 303)
        }
    }

    @Test("let a browser in which this person signed in before go on, when account, network and site are spent; and nobody else's")
    func knownBrowser() async throws {
        try await Self.behindProxy { testSite in
            try await testSite.accounts.setPassword(Self.password, email: testSite.rosa.email)
            try await testSite.accounts.setPassword(Self.password, email: testSite.sam.email)
            let known = try Self.browser(try await Self.signIn(testSite, "rosa@team.example"))
            let spent: PostgresQuery = """
                INSERT INTO dailies.sign_in_attempts (account_hash, address_hash)
                SELECT sha256(n::text::bytea), sha256(n::text::bytea) FROM generate_series(1, 500) AS n
                """
            try await testSite.pool.execute(spent)
            #expect(try await Self.signIn(testSite, "rosa@team.example").status == 429, "the site's")
            #expect(try await Self.signIn(testSite, "sam@team.example", cookie: known).status == 429, "known for Rosa, not for Sam")
            try await testSite.pool.execute("TRUNCATE dailies.sign_in_attempts")
            try await Self.fail(testSite, "rosa@team.example", from: "203.0.113.9", times: 10)
            for number in 0..<50 { try await Self.fail(testSite, "nobody-\(number)@team.example", from: "198.51.100.7") }
            try await testSite.pool.execute(spent)
            #expect(try await Self.signIn(testSite, "rosa@team.example", cookie: "dailies-browser=\(SecretToken().text)").status == 429)
            let answer = try await Self.signIn(testSite, "rosa@team.example", cookie: known)
            #expect(answer.status == 303)

            // The cookie is changed by that, and has ten attempts of its own.
            let next = try Self.browser(answer)
            #expect(next != known)
            #expect(try await Self.signIn(testSite, "rosa@team.example", cookie: known).status == 429)
            let token = try #require(SecretToken(next.dropFirst("dailies-browser=".count)))
            let limit = SignInLimit(pool: testSite.services.pool)
            for _ in 0..<10 {
                _ = try await limit.count(email: "ROSA@team.example", network: ClientNetwork(address: "192.0.2.1"), browser: token)
            }
            #expect(try await Self.signIn(testSite, "rosa@team.example", cookie: next).status == 429)
            // A new password, or the end of the account, ends it.
            try await testSite.accounts.setPassword(Self.password, email: testSite.rosa.email)
            let left: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.known_browsers").one().decode(at: 0)
            #expect(left == 0)
        }
    }

    @Test("forget what failed before a sign-in from there, and keep what others tried")
    func forgetting() async throws {
        try await Self.behindProxy { testSite in
            try await testSite.accounts.setPassword(Self.password, email: testSite.rosa.email)
            try await Self.fail(testSite, "rosa@team.example", from: "198.51.100.7", times: 3)
            try await Self.fail(testSite, "rosa@team.example", from: "203.0.113.9", times: 6)
            #expect(try await Self.signIn(testSite, "rosa@team.example", from: "198.51.100.7").status == 303)
            let left: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.sign_in_attempts").one().decode(at: 0)
            #expect(left == 6)
        }
    }

    @Test("let somebody from another network sign in while one network keeps the hasher full")
    func crowd() async throws {
        try await Self.behindProxy { testSite in
            try await testSite.accounts.setPassword(Self.password, email: testSite.rosa.email)
            let (hasher, crowd) = (testSite.services.hasher, HashLane.network(ClientNetwork(address: "203.0.113.9")))
            let gate = DispatchSemaphore(value: 0)
            let seen = Seen()
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { gate.signal() }
                group.addTask {
                    try await hasher.run(for: crowd) {
                        seen.isHeld.store(true, ordering: .relaxed)
                        gate.wait()
                    }
                }
                try await until { seen.isHeld.load(ordering: .relaxed) }
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await hasher.run(for: crowd) {}
                        } catch is PasswordHasher.Busy {
                            seen.refused.add(1, ordering: .relaxed)
                        }
                    }
                }
                try await until { seen.refused.load(ordering: .relaxed) == 20 - PasswordHasher.mostWaiting }
                #expect(try await Self.signIn(testSite, "rosa@team.example", from: "203.0.113.9").status == 503, "it is full for the crowd")
                let counted: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.sign_in_attempts").one().decode(at: 0)
                #expect(counted == 0, "a password that nobody looked at is no failed attempt")
                async let answer = Self.signIn(testSite, "rosa@team.example", from: "198.51.100.7")
                // One of the crowd has made room for it.
                try await until { seen.refused.load(ordering: .relaxed) == 21 - PasswordHasher.mostWaiting }
                gate.signal()
                #expect(try await answer.status == 303)
                try await group.waitForAll()
            }
        }
    }
}

/// What the crowd's hashes have come to.
private final class Seen: Sendable {
    let isHeld = Atomic(false)
    let refused = Atomic(0)
}

extension String {
    /// As a person who does not look closely reads it.
    fileprivate var folded: String {
        precomposedStringWithCompatibilityMapping.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }
}
