import Foundation
import TestSupport
import Testing

@testable import ReviewSite

/// Where people come after signing in.
@Suite("The address after signing in", .tags(.database))
struct ReturnPathTests {
    private static let paths = [
        "/roles/baker?show=waiting&page=2", "/roles/baker?show=a%26b&x=1%2B1", "/roles/baker?q=a+b&r=%25&s=%23", "/roles/baker?a=1&a=2&b",
        "/roles/baker?q=%2526amp%3B&r='*'", "/roles/baker?x==&y=a=b&return_to=/health", "/roles/baker?return_to=//evil.example",
        "/roles/baker?q=%00%0d%0a", "/roles/baker?q=%C3%A9&r=~!$()*,;:@",
    ]

    /// The value that the sign-in page sends on.
    private static func hidden(_ page: String) throws -> String {
        let value = try #require(page.firstMatch(of: /name="return_to" value="([^"]*)"/)).output.1
        return [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
            .reduce(String(value)) { $0.replacing($1.0, with: $1.1) }
    }

    @Test("is the one that was asked for, byte by byte, with its whole query", arguments: paths)
    func kept(path: String) async throws {
        let plain = try #require(ReturnPath(path))
        #expect(plain.encoded.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"&+#?=\"<>'".utf8.contains($0) })
        #expect(plain.encoded.removingPercentEncoding == path)
        try await TestSite.with { testSite in
            let refused = try await testSite.client.get(path, ("Accept", "text/html"))
            #expect(refused.status == 303)
            let page = try await testSite.client.get(try #require(refused.header("location")), ("Accept", "text/html"))
            #expect(try Self.hidden(page.text) == path)
        }
    }

    @Test("is kept by a wrong password, a moment's fragment too, and reached by the right one")
    func wholeWay() async throws {
        try await TestSite.with { testSite in
            try await testSite.accounts.setPassword("a-long-password", email: testSite.rosa.email)
            let path = "/roles/baker?show=waiting&page=2#t=7.2"
            func signIn(_ password: String, to target: String) async throws -> SiteClient.Answer {
                let value = try #require(target.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
                return try await testSite.client.send(
                    "POST", "/sign-in", [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")],
                    body: "email=rosa%40team.example&password=\(password)&return_to=\(value)")
            }
            let wrong = try await signIn("another-password", to: path)
            #expect(wrong.status == 422)
            let right = try await signIn("a-long-password", to: try Self.hidden(wrong.text))
            #expect(right.status == 303 && right.header("location") == path)
        }
    }

    @Test("is never another site's, nor a page of signing in")
    func foreign() {
        for text in [
            "", "evil", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)", " /x", "/ x", "/x\r\nSet-Cookie: a=b", "/\t/evil.example", "\t//evil.example", "/x\u{0}", "/x\u{7F}",
            "/é", "/\u{301}x",
            "/\u{301}/evil.example", "/\u{600}x", "/sign-in", "/sign-in?return_to=/x", "/sign-out",
            "/" + String(repeating: "x", count: 1000),
        ] {
            #expect(ReturnPath(text) == nil, "\(text.debugDescription)")
        }
        for text in ["/", "/x", "/x//y", "/x?y=//evil.example", "/x#//evil.example", "/x?r=\"<>", "/signs"] {
            #expect(ReturnPath(text)?.path == text)
        }
    }
}
