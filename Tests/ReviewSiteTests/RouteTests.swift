import Foundation
import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// What holds for every route that there is.
@Suite("Every route", .tags(.database))
struct RouteTests {
    @Test("is for signed-in reviewers, except for the few public ones")
    func signingIn() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            for route in testSite.routes where !route.isOpen {
                let answer = try await testSite.client.use(route, values)
                #expect(answer.status == 401, "\(route)")
                #expect(answer.header("content-type") == "application/problem+json", "\(route)")
                guard route.isSafe, !route.isAPI, !route.isMedia else { continue }
                let page = try await testSite.client.use(route, values, [("Accept", "text/html")])
                #expect(page.status == 303 && page.header("location")?.hasPrefix("/sign-in?return_to=/") == true, "\(route)")
            }
        }
    }

    @Test("that changes something refuses a form without the session's token, and one that another site sent")
    func forgery() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            let token = try await testSite.accounts.beginSession(of: testSite.ines, for: .seconds(3600), inPlaceOf: nil)
            let csrf = ("X-CSRF-Token", token.derived(for: "csrf"))
            let browser = testSite.client.with(("Cookie", "dailies=\(token.text)"))
            let unsafe = testSite.routes.filter { !$0.isSafe && !$0.isAPI }
            #expect(unsafe.count >= 12)
            for route in unsafe {
                let attempts: [[(String, String)]] = [
                    [csrf, ("Sec-Fetch-Site", "cross-site")], [csrf, ("Sec-Fetch-Site", "same-site")],
                    [csrf, ("Origin", "https://evil.example")],
                    [csrf, ("Origin", "null")],
                ]
                for headers in attempts { #expect(try await browser.use(route, values, headers).status == 403, "\(route) \(headers)") }
                guard !route.isOpen else { continue }
                #expect(try await browser.use(route, values).status == 403, "\(route) without a token")
                #expect(try await browser.use(route, values, [("X-CSRF-Token", "x")]).status == 403, "\(route) with another token")
            }
            let changes: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.audit_events").one().decode(at: 0)
            #expect(changes == 2, "only the two assignments of the test site")
        }
    }

    @Test("of the API takes no cookie, and changes nothing by a token that may only read")
    func scope() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            let (browser, reader) = (try await testSite.browser(of: testSite.ines), try await testSite.program(of: testSite.ines, .read))
            for route in testSite.routes where route.isAPI && !route.isOpen {
                #expect(try await browser.use(route, values).status == 401, "\(route) with a cookie")
                if !route.isSafe { #expect(try await reader.use(route, values).status == 403, "\(route) with a token that may only read") }
            }
        }
    }

    @Test("for admins refuses everybody else")
    func admins() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            let rosa = try await testSite.visitor(testSite.rosa)
            let routes = testSite.routes.filter(\.isForAdmins)
            #expect(routes.count == 15)
            for route in routes {
                #expect(try await rosa[route].use(route, values).status == 403, "\(route)")
            }
        }
    }

    @Test("lists the methods that it supports when another is tried")
    func methods() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            for (_, routes) in Dictionary(grouping: testSite.routes, by: \.path) {
                var allowed = Set(routes.map(\.method))
                if allowed.contains("GET") { allowed.insert("HEAD") }
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND"]
                where !allowed.contains(method) {
                    let answer = try await testSite.client.send(method, routes[0].target(values))
                    #expect(answer.status == 405, "\(method) \(routes[0].path)")
                    #expect(answer.header("allow") == allowed.sorted().joined(separator: ", "), "\(method) \(routes[0].path)")
                }
            }
        }
    }

    @Test("with an id or a name that cannot be one, or is not there, says that there is no such thing")
    func unknown() async throws {
        try await TestSite.with { testSite in
            let ines = try await testSite.visitor(testSite.ines)
            let known = try await testSite.values()
            let mistakes = [
                "abc", "-1", "0", "1.5", "%00", "%2e%2e", "99999999999999999999", "4611686018427387904", "1'--", "%F0%9F%8D%9E",
            ]
            for route in testSite.routes where route.path != "/static/{fingerprint}/**" && !route.parameters.isEmpty {
                let visitor = ines[route]
                for parameter in route.parameters {
                    for mistake in mistakes {
                        var values = known
                        values[parameter] = mistake
                        let answer = try await visitor.use(route, values)
                        #expect(answer.status == 404, "\(route) with \(mistake) for its \(parameter)")
                    }
                }
            }
        }
    }

    @Test("responds the same for a role that I do not review and for a missing role")
    func foreign() async throws {
        try await TestSite.with { testSite in
            let rosa = try await testSite.visitor(testSite.rosa)
            let (foreign, own) = (try await testSite.values(foreign: true), try await testSite.values())
            for route in testSite.routes
            where !route.isForAdmins && !Set(route.parameters).isDisjoint(with: ["role", "response", "interview"]) {
                let visitor = rosa[route]
                let there = try await visitor.use(route, foreign)
                #expect(there.status == 404, "\(route)")
                var nowhere = foreign
                for (name, value) in ["role": "nobody", "response": "999999", "interview": "999999"] { nowhere[name] = value }
                let missing = try await visitor.use(route, nowhere)
                #expect(missing.status == 404 && missing.text == there.text, "\(route)")
                // One's own role does not make another's answer one's own.
                guard route.path.contains("{role}"), route.parameters.count > 1, !route.isAPI else { continue }
                var mixed = foreign
                mixed["role"] = own["role"]
                if mixed["question"] == "bread", route.parameters == ["role", "question"] { continue }
                #expect(try await visitor.use(route, mixed).status == 404, "\(route)")
            }
        }
    }

    @Test("lets browsers run only the site's own scripts, and cache nothing about people")
    func headers() async throws {
        try await TestSite.with { testSite in
            let ines = try await testSite.visitor(testSite.ines)
            let values = try await testSite.values()
            for route in testSite.routes where route.isSafe {
                let visitor = ines[route]
                for answer in [
                    try await visitor.use(route, values, [("Accept", "text/html")]),
                    try await testSite.client.use(route, [:], [("Accept", "text/html")]),
                ] {
                    let policy = try #require(answer.header("content-security-policy"), "\(route)")
                    #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("*"), "\(route)")
                    #expect(answer.header("x-content-type-options") == "nosniff", "\(route)")
                    let isPublic = ["/static/", "/robots.txt", "/favicon.ico", "/api/v1/openapi.json"].contains { route.path.hasPrefix($0) }
                    let caching = answer.header("cache-control") ?? ""
                    if route.isMedia, answer.status == 200 {
                        #expect(caching == "private, max-age=3600, must-revalidate", "\(route)")
                    } else if !isPublic || answer.status >= 400 {
                        #expect(caching == "private, no-store", "\(route)")
                    }
                    guard answer.header("content-type")?.hasPrefix("text/html") == true else { continue }
                    // Scripts of the page itself (data in JSON are none), styles and code in tags, and what is elsewhere.
                    let inline =
                        /<script(?![^>]*\s(?:src=|type="application\/json"))|<style|<[^>]+\s(?:style|on[a-z]+)=|(?:src|href)="(?:https?:)?\/\//
                    let found = answer.text.matches(of: inline).map { String($0.output) }
                    #expect(found.isEmpty, "\(route)")
                }
            }
        }
    }

    @Test("says what went wrong in words for people, and nothing of how it is made")
    func wording() async throws {
        try await TestSite.with { testSite in
            let ines = try await testSite.visitor(testSite.ines)
            let values = try await testSite.values()
            let inner =
                /postgres|libpq|sqlstate|select |dailies\.[a-z_]+s\b|swift|hummingbird|\bnil\b|fatal|stack trace|error\(|\.swift|0x[0-9a-f]{6}/
                .ignoresCase()
            for address in ["/nothing", "/api/v1/nothing", "/roles/baker/nothing", "/static/x/nothing.css"] {
                let answer = try await ines.browser.get(address, ("Accept", "text/html"))
                let found = answer.text.matches(of: inner).map { String($0.output) }
                #expect(answer.status == 404 && found.isEmpty, "\(address)")
            }
            for route in testSite.routes where route.path != "/static/{fingerprint}/**" {
                let visitor = ines[route]
                var wrong = values
                for parameter in route.parameters { wrong[parameter] = "abc" }
                for answer in [
                    try await visitor.use(route, wrong), try await visitor.use(route, wrong, [("Accept", "text/html")]),
                    try await visitor.send(route.method, route.target(values), [("Content-Type", "text/plain")], body: "?"),
                    try await testSite.client.use(route, values), try await visitor.send("PATCH", route.target(values)),
                ] where answer.status >= 400 {
                    let found = answer.text.matches(of: inner).map { String($0.output) }
                    #expect(found.isEmpty, "\(route) \(answer.status)")
                    #expect(answer.status < 500, "\(route)")
                    guard answer.header("content-type") == "application/problem+json" else { continue }
                    let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body))
                    #expect(
                        problem.status == answer.status && !problem.title.isEmpty && !problem.detail.isEmpty, "\(route): \(problem)")
                }
            }
        }
    }

    @Test("of the API is described, and all that is described is there")
    func described() async throws {
        struct Description: Decodable {
            struct Anything: Decodable {}
            var paths: [String: [String: Anything]]
        }
        try await TestSite.with { testSite in
            let answer = try await testSite.client.get("/api/v1/openapi.json")
            #expect(answer.status == 200 && answer.header("content-type") == "application/json")
            let paths = try JSONDecoder().decode(Description.self, from: Data(answer.body)).paths
            let described = Set(
                paths.flatMap { path, operations in operations.keys.map { SiteRoute(method: $0.uppercased(), path: path) } })
            let there = Set(testSite.routes.filter { $0.isAPI || $0.isMedia })
            #expect(described.subtracting(there).map(\.description).sorted() == [])
            #expect(there.subtracting(described).map(\.description).sorted() == [])
        }
    }
}

/// RFC 9457.
struct Problem: Decodable {
    var type: String
    var title: String
    var status: Int
    var detail: String
}
