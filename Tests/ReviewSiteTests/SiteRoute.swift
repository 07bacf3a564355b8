import HTTPTypes
import Hummingbird

@testable import ReviewSite

/// One of the site's own routes, from the router itself, so that none can be forgotten.
struct SiteRoute: Hashable, Sendable, CustomStringConvertible {
    var method: String
    /// As in `/roles/{role}`.
    var path: String

    static func all(_ services: SiteServices) -> [SiteRoute] {
        ReviewSite.routes(services).router.routes.map { SiteRoute(method: $0.method.rawValue, path: "\($0.path)") }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    /// Who is not signed in has these too.
    var isOpen: Bool {
        ["/favicon.ico", "/robots.txt", "/static/{fingerprint}/**", "/sign-in", "/sign-in/{token}", "/api/v1/openapi.json"].contains(path)
    }
    /// For programs, by token alone.
    var isAPI: Bool { path.hasPrefix("/api/") }
    var isMedia: Bool { path.hasPrefix("/media/") }
    var isSafe: Bool { method == "GET" }
    /// Only admins get something other than a refusal.
    var isForAdmins: Bool {
        ["/settings", "/reviewers", "/reviewers/{reviewer}", "/versions", "/operations", "/retry", "/reinspect"].contains {
            path.hasSuffix($0)
        }
            || ["/health", "/health/jobs/{job}/retry"].contains(path)
            || (path == "/roles/{role}/questions/{question}" && method == "POST")
    }
    var description: String { "\(method) \(path)" }

    var parameters: [String] { path.matches(of: /\{([a-z]+)\}/).map { String($0.output.1) } }

    /// The address, with these for its parameters.
    func target(_ values: [String: String]) -> String {
        var target = path.replacing("**", with: "design.css")
        for name in parameters { target = target.replacing("{\(name)}", with: values[name] ?? "1") }
        return target
    }

    /// A body that the route takes, with its type.
    var body: (type: String, text: String)? {
        let json = "application/json"
        let form = "application/x-www-form-urlencoded"
        guard !isSafe else { return nil }
        return switch path {
        case "/api/v1/answers/{response}/rating": (json, #"{"score": 4, "watched": [[0, 4000]]}"#)
        case "/api/v1/answers/{response}/comments": (json, #"{"from_ms": 1000, "body": "well said"}"#)
        case "/api/v1/interviews/{interview}/decisions": (json, #"{"verdict": "hold", "reason": "not yet"}"#)
        case "/api/v1/roles/{role}/settings":
            (json, #"{"is_blind": false, "others_ratings": "after_own", "admins_follow_rule": true}"#)
        case "/api/v1/roles/{role}/questions/{question}/versions":
            (json, #"{"prompt": "Why?", "key_points": ["because"], "anchors": {"1": "a", "3": "b", "5": "c"}}"#)
        case _ where isAPI: nil
        case "/responses/{response}/rating": (form, "score=4&watched=%5B%5D")
        case "/responses/{response}/comments": (form, "from=0:01&body=well+said")
        case "/interviews/{interview}/decision": (form, "verdict=hold&reason=not+yet")
        case "/roles/{role}/settings": (form, "others_ratings=after_own")
        case "/roles/{role}/questions/{question}": (form, "prompt=Why&key_points=because&anchor_1=a&anchor_3=b&anchor_5=c")
        default: (form, "")
        }
    }
}

extension SiteClient {
    /// Uses a route as it is meant.
    func use(_ route: SiteRoute, _ values: [String: String], _ headers: [(String, String)] = []) async throws -> Answer {
        let body = route.body
        return try await send(
            route.method, route.target(values), headers + (body.map { [("Content-Type", $0.type)] } ?? []), body: body?.text)
    }
}

/// Somebody with a browser and a program.
struct Visitor: Sendable {
    var browser: SiteClient
    var program: SiteClient

    /// What the route is for.
    subscript(route: SiteRoute) -> SiteClient { route.isAPI ? program : browser }
}

extension TestSite {
    var routes: [SiteRoute] { SiteRoute.all(services) }

    /// Values for the parameters of every route: of an answer that Rosa reviews, or else of one that she does not.
    func values(foreign: Bool = false) async throws -> [String: String] {
        let answer = foreign ? foreignAnswer : answers[0]
        return [
            "role": foreign ? "butcher" : "baker", "question": "bread", "response": "\(answer)",
            "interview": "\(try await interview(of: answer))", "kind": "poster", "reviewer": "\(sam.id)", "comment": "1", "job": "1",
            "token": String(repeating: "x", count: 43), "fingerprint": services.renderer.files.fingerprint,
        ]
    }

    func visitor(_ reviewer: Reviewer) async throws -> Visitor {
        Visitor(browser: try await browser(of: reviewer), program: try await program(of: reviewer))
    }
}
