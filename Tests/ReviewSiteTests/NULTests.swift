import Foundation
import HTTPTypes
import Logging
import Postgres
import Reviews
import TestSupport
import Testing

@testable import ReviewSite

/// PostgreSQL cannot store the character NUL. Who sends one is told so, whatever it is in.
@Suite("The character NUL", .tags(.database))
struct NULTests {
    /// The names of all parameters that the API's description and the site's pages have in queries.
    private func namesInQueries(_ testSite: TestSite) async throws -> Set<String> {
        func names(_ value: Any) -> Set<String> {
            switch value {
            case let object as [String: Any]:
                let own = object["in"] as? String == "query" ? [object["name"] as? String].compactMap(\.self) : []
                return object.values.reduce(into: Set(own)) { $0.formUnion(names($1)) }
            case let list as [Any]: return list.reduce(into: []) { $0.formUnion(names($1)) }
            default: return []
            }
        }
        let answer = try await testSite.client.get("/api/v1/openapi.json")
        let described = names(try JSONSerialization.jsonObject(with: Data(answer.body)))
        #expect(described.isSuperset(of: ["show", "question", "cursor", "limit"]))
        return described.union(["from", "return_to"])
    }

    @Test("in a query is refused, or never reaches the database")
    func query() async throws {
        try await TestSite.with { testSite in
            let (ines, values) = (try await testSite.visitor(testSite.ines), try await testSite.values())
            let names = try await namesInQueries(testSite)
            for route in testSite.routes where route.isSafe {
                for name in names {
                    for query in ["\(name)=%00", "\(name)=a%00b", "\(name)%00=a"] {
                        let answer = try await ines[route].send(route.method, route.target(values) + "?" + query)
                        #expect(answer.status < 500, "\(route) ?\(query)")
                    }
                }
            }
            let answers = try await ines.program.get("/api/v1/roles/baker/answers?question=%00")
            #expect(answers.status == 400)
            let problem = try JSONDecoder().decode(Problem.self, from: Data(answers.body))
            #expect(problem.detail == "`question` is a text without the character NUL.")
        }
    }

    @Test("in a form is refused in each of its fields")
    func form() async throws {
        try await TestSite.with { testSite in
            let (ines, values) = (try await testSite.visitor(testSite.ines), try await testSite.values())
            for route in testSite.routes where !route.isSafe && !route.isAPI {
                let fields =
                    (route.body?.text ?? "").split(separator: "&").map { $0.prefix { $0 != "=" } } + ["email", "password", "return_to"]
                for field in fields {
                    for form in ["\(field)=a%00b", "\(field)=%00", "\(field)%00=a"] {
                        let answer = try await ines.browser.send(
                            route.method, route.target(values), [("Content-Type", "application/x-www-form-urlencoded")], body: form)
                        // A route that takes no fields does not read them.
                        let reads = route.body?.text.isEmpty == false
                        #expect(reads ? answer.status == 400 : answer.status < 500, "\(route) \(form): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test("in JSON is refused in each of its texts")
    func json() async throws {
        try await TestSite.with { testSite in
            let (ines, values) = (try await testSite.visitor(testSite.ines), try await testSite.values())
            var tried = 0
            for route in testSite.routes where !route.isSafe && route.isAPI {
                guard let body = route.body else { continue }
                // Each text of the body in turn, names too.
                for match in body.text.matches(of: /"([^"]*)"/) {
                    let spoiled = body.text.replacingCharacters(in: match.range, with: #""a\u0000b""#)
                    let answer = try await ines.program.send(
                        route.method, route.target(values), [("Content-Type", "application/json")], body: spoiled)
                    tried += 1
                    #expect([400, 422].contains(answer.status), "\(route) \(spoiled): \(answer.status)")
                    #expect(try JSONDecoder().decode(Problem.self, from: Data(answer.body)).detail.isEmpty == false)
                }
            }
            #expect(tried > 10)
        }
    }

    @Test("in text that no parser refused is refused by the database's client, and told as the sender's fault")
    func secondWall() async throws {
        try await TestSite.with { testSite in
            let viewer = Viewer(reviewerID: testSite.ines.id, access: .admin)
            let error = await #expect(throws: PostgresError.self) {
                _ = try await testSite.reviews.answers(role: "baker", filter: nil, question: "\0", after: 0, limit: 1, viewer: viewer)
            }
            #expect(error?.isOfNUL == true)
            let told = ErrorResponses.explained(try #require(error), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            #expect(told.status == .badRequest && told.explanation == "No text may hold the character NUL.")
        }
    }
}
