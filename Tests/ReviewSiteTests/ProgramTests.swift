import Foundation
import Postgres
import Reviews
import TestSupport
import Testing

@testable import ReviewSite

/// What programs do with the API, and how it refuses.
@Suite("A program", .tags(.database))
struct ProgramTests {
    private static let json = [("Content-Type", "application/json")]

    @Test("acts as its token's reviewer until the token is revoked or the account is disabled")
    func tokens() async throws {
        try await TestSite.with { testSite in
            let program = try await testSite.program(of: testSite.rosa)
            let me = try await program.get("/api/v1/me")
            #expect(
                me.text == #"{"access":"reviewer","email":"rosa@team.example","id":\#(testSite.rosa.id),"name":"Rosa","scope":"write"}"#)
            let token = try #require(try await testSite.accounts.tokens().first)
            #expect(token.lastUsedAt != nil)
            try await testSite.accounts.revokeToken(id: token.id)
            let refused = try await program.get("/api/v1/me")
            #expect(refused.status == 401 && refused.header("www-authenticate") == "Bearer")
            let other = try await testSite.program(of: testSite.rosa)
            try await testSite.accounts.setDisabled(true, email: testSite.rosa.email)
            #expect(try await other.get("/api/v1/me").status == 401)
            for header in ["Bearer", "Bearer x", "Basic cm9zYTpyb3Nh", "Bearer \(SecretToken().text)", "bearer  ", "\(SecretToken().text)"]
            {
                #expect(try await testSite.client.get("/api/v1/me", ("Authorization", header)).status == 401, "\(header)")
            }
        }
    }

    @Test("goes through all answers and interviews of a role in parts, each once")
    func parts() async throws {
        struct Part: Decodable {
            struct Item: Decodable { var interviewId: Int64; var responseId: Int64? }
            var items: [Item]
            var nextCursor: String?
        }
        try await TestSite.with { testSite in
            let program = try await testSite.program(of: testSite.rosa, .read)
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            func all(_ address: String) async throws -> [Part.Item] {
                var items: [Part.Item] = []
                var cursor: String?
                repeat {
                    let answer = try await program.get("\(address)?limit=1\(cursor.map { "&cursor=\($0)" } ?? "")")
                    let part = try decoder.decode(Part.self, from: Data(answer.body))
                    #expect(part.items.count == 1)
                    items += part.items
                    cursor = part.nextCursor
                } while cursor != nil
                return items
            }
            func roles(of reviewer: Reviewer) async throws -> [String] {
                struct Part: Decodable {
                    struct Item: Decodable { var slug: String }
                    var items: [Item]
                    var nextCursor: String?
                }
                let program = try await testSite.program(of: reviewer, .read)
                var (slugs, cursor): ([String], String?) = ([], nil)
                repeat {
                    let answer = try await program.get("/api/v1/roles?limit=1\(cursor.map { "&cursor=\($0)" } ?? "")")
                    let part = try decoder.decode(Part.self, from: Data(answer.body))
                    slugs += part.items.map(\.slug)
                    cursor = part.nextCursor
                } while cursor != nil
                return slugs
            }
            #expect(try await all("/api/v1/roles/baker/answers").compactMap(\.responseId) == testSite.answers)
            #expect(try await all("/api/v1/roles/baker/interviews").count == 2)
            #expect(try await roles(of: testSite.ines) == ["baker", "butcher"])
            #expect(try await roles(of: testSite.rosa) == ["baker"])
            let rolls = try await program.get("/api/v1/roles/baker/answers?question=rolls")
            #expect(try decoder.decode(Part.self, from: Data(rolls.body)).items.compactMap(\.responseId) == [testSite.answers[1]])
        }
    }

    @Test("rates, comments, decides and asks for a new take, and finds each again")
    func judging() async throws {
        try await TestSite.with { testSite in
            let (program, answer) = (try await testSite.program(of: testSite.rosa), testSite.answers[0])
            let address = "/api/v1/answers/\(answer)"
            #expect(try await program.get("\(address)/rating").status == 404)
            let rated = try await program.send(
                "PUT", "\(address)/rating", Self.json, body: #"{"score": 4, "watched": [[0, 3000], [2000, 90000]]}"#)
            #expect(rated.status == 200 && rated.text.contains(#""watched":[[0,8000]]"#), "united, and cut at the answer's end")
            #expect(try await program.get("\(address)/rating").text == rated.text)
            let comment = try await program.send(
                "POST", "\(address)/comments", Self.json, body: #"{"from_ms": 1500, "to_ms": 2500, "body": "„gut“"}"#)
            #expect(comment.status == 201 && comment.text.contains("„gut“"))
            let id = try #require(comment.text.firstMatch(of: /"id":(\d+)/)?.output.1)
            #expect(try await program.get("\(address)/comments").text == "{\"items\":[\(comment.text)]}")
            let sam = try await testSite.program(of: testSite.sam)
            #expect(try await sam.send("DELETE", "/api/v1/comments/\(id)").status == 404, "another's comment")
            #expect(try await program.send("DELETE", "/api/v1/comments/\(id)").status == 204)
            #expect(try await program.send("DELETE", "/api/v1/comments/\(id)").status == 404)
            let interview = "/api/v1/interviews/\(try await testSite.interview(of: answer))"
            let decision = try await program.send(
                "POST", "\(interview)/decisions", Self.json, body: #"{"verdict": "advance", "reason": "good"}"#)
            #expect(decision.status == 201)
            #expect(try await program.get(interview).text.contains(decision.text))
            for _ in 0..<2 { #expect(try await program.send("PUT", "\(address)/take_request").status == 204) }
            #expect(try await program.get(address).text.contains(#""is_take_requested":true"#))
            let views: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.audit_events WHERE action = 'answer.viewed'").one()
                .decode(at: 0)
            #expect(views == 1, "one look at the answer itself")
        }
    }

    @Test("of an admin changes how a role is reviewed, by whom, and its wording")
    func administering() async throws {
        try await TestSite.with { testSite in
            let program = try await testSite.program(of: testSite.ines)
            let role = "/api/v1/roles/baker"
            let settings = #"{"admins_follow_rule":true,"is_blind":true,"others_ratings":"never"}"#
            #expect(try await program.send("PUT", "\(role)/settings", Self.json, body: settings).text == settings)
            #expect(try await program.get("\(role)/settings").text == settings)
            let sam = try await testSite.program(of: testSite.sam)
            #expect(try await program.send("DELETE", "\(role)/reviewers/\(testSite.sam.id)").status == 204)
            #expect(try await sam.get(role).status == 404)
            #expect(try await program.send("PUT", "\(role)/reviewers/\(testSite.sam.id)").status == 204)
            #expect(try await sam.get(role).status == 200)
            let words = #"{"prompt": "Why?", "key_points": ["because"], "anchors": {"1": "a", "3": "b", "5": "c"}}"#
            let first = try await program.send("POST", "\(role)/questions/bread/versions", Self.json, body: words)
            #expect(first.status == 201 && first.text == #"{"version":2}"#)
            let again = try await program.send("POST", "\(role)/questions/bread/versions", Self.json, body: words)
            #expect(again.status == 200 && again.text == #"{"version":null}"#)
            #expect(try await sam.get("\(role)/questions").text.contains("How do you make bread?"), "earlier versions stay")
        }
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("[]", 422), ("null", 422), ("{}", 422), (#"{"score": 6}"#, 422),
        (#"{"score": 0}"#, 422),
        (#"{"score": "4"}"#, 422), (#"{"score": 4.5}"#, 422), (#"{"score": 1e99}"#, 422), (#"{"score": 4, "abstained": "other"}"#, 422),
        (#"{"abstained": "tired"}"#, 422), (#"{"score": 4, "weight": 2}"#, 422), (#"{"score": 4, "watched": [[5, 3]]}"#, 422),
        (#"{"score": 4, "watched": [[-1, 3]]}"#, 422), (#"{"score": 4, "watched": [1, 3]}"#, 422), (#"{"score": 4, "watched": {}}"#, 422),
        (String(repeating: "[", count: 100_000), 400),
    ])
    func `is told what is wrong with a rating that cannot be`(body: String, status: Int) async throws {
        try await TestSite.with { testSite in
            let program = try await testSite.program(of: testSite.rosa)
            let answer = try await program.send("PUT", "/api/v1/answers/\(testSite.answers[0])/rating", Self.json, body: body)
            #expect(answer.status == status)
            #expect(answer.header("content-type") == "application/problem+json")
        }
    }

    @Test("is told what is wrong with an address, a type or a size")
    func refusals() async throws {
        try await TestSite.with { testSite in
            let program = try await testSite.program(of: testSite.rosa)
            for query in [
                "show=all", "shwo=split", "limit=0", "limit=201", "limit=x", "cursor=x", "cursor=-1", "limit=1&limit=2",
                "cursor=99999999999999999999",
            ] {
                #expect(try await program.get("/api/v1/roles/baker/answers?\(query)").status == 400, "\(query)")
            }
            let rating = "/api/v1/answers/\(testSite.answers[0])/rating"
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
                #expect(try await program.send("PUT", rating, [("Content-Type", type)], body: #"{"score": 4}"#).status == 415, "\(type)")
            }
            let typed = [("Content-Type", "Application/JSON; charset=utf-8")]
            #expect(try await program.send("PUT", rating, typed, body: #"{"score": 4.0}"#).status == 200)
            let long = String(repeating: "x", count: 300 << 10)
            for answer in [
                try await program.send("PUT", rating, Self.json + [("Content-Length", "\(1 << 40)")], body: ""),
                try await program.send("PUT", rating, Self.json, chunks: Array(repeating: long, count: 3)),
                try await testSite.client.send("POST", "/sign-in", [("Content-Type", "application/x-www-form-urlencoded")], chunks: [long]),
            ] {
                #expect(answer.status == 413)
                #expect(answer.header("connection") == "close")
            }
            let words = String(repeating: "ä", count: 4_001)
            #expect(
                try await program.send(
                    "POST", "/api/v1/answers/\(testSite.answers[0])/comments", Self.json, body: #"{"from_ms": 0, "body": "\#(words)"}"#
                ).status == 422)
            #expect(try await program.get("/api/v1/nothing").status == 404)
            #expect(try await program.get("/api/v2/me").header("content-type") == "application/problem+json")
        }
    }

    @Test("gets 409 for a score of an answer that cannot be watched, and may abstain")
    func unwatchable() async throws {
        try await TestSite.with { testSite in
            try await testSite.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(testSite.answers[0])")
            let (program, rating) = (try await testSite.program(of: testSite.rosa), "/api/v1/answers/\(testSite.answers[0])/rating")
            #expect(try await program.send("PUT", rating, Self.json, body: #"{"score": 4}"#).status == 409)
            #expect(try await program.send("PUT", rating, Self.json, body: #"{"abstained": "technical_fault"}"#).status == 200)
        }
    }
}
