import Recordings
import Reviews
import TestSupport
import Testing

@testable import ReviewSite

/// Independent rating and blind review, in every byte that is sent.
@Suite("Fairness", .tags(.database))
struct FairnessTests {
    /// Everything that every route sends to whoever looks: by the route, headers and body.
    private static func everything(_ testSite: TestSite, to reviewer: Reviewer, answers: [Int64]) async throws -> [String: SiteClient
        .Answer]
    {
        var seen: [String: SiteClient.Answer] = [:]
        let visitor = try await testSite.visitor(reviewer)
        for answer in answers {
            var values = try await testSite.values()
            values["response"] = "\(answer)"
            values["interview"] = "\(try await testSite.interview(of: answer))"
            values["question"] = answer == testSite.answers[1] ? "rolls" : "bread"
            for route in testSite.routes where route.isSafe && !route.isOpen {
                for kind in route.isMedia ? Media.Kind.allCases.map(\.rawValue) : ["poster"] {
                    values["kind"] = kind
                    for query in route.path.hasSuffix("/answers") ? ["", "?show=split", "?show=unrated", "?limit=1"] : [""] {
                        let target = route.target(values) + query
                        guard seen[target] == nil else { continue }
                        seen[target] = try await visitor[route].get(target, ("Accept", route.isAPI ? "*/*" : "text/html"))
                    }
                }
            }
        }
        return seen
    }

    @Test("hides others' ratings, remarks and decisions until the reviewer has rated, on every page and in the API")
    func independence() async throws {
        try await TestSite.with { testSite in
            let sam = Viewer(reviewerID: testSite.sam.id, access: .reviewer)
            let answer = testSite.answers[0]
            // Two others, of different opinions: that these are split is not told either.
            try await testSite.reviews.rate(answer, .score(1), viewer: sam)
            try await testSite.reviews.rate(answer, .score(5), viewer: Viewer(reviewerID: testSite.ines.id, access: .admin))
            _ = try await testSite.reviews.comment(on: answer, fromMs: 0, body: "qqq-remark", viewer: sam)
            try await testSite.reviews.decide(.decline, about: testSite.interview(of: answer), reason: "qqq-reason", viewer: sam)

            let before = try await Self.everything(testSite, to: testSite.rosa, answers: testSite.answers)
            #expect(before.count >= 40)
            for (target, sent) in before {
                let told = ["qqq", ">Sam<", "\"Sam\""].filter { sent.holds($0) }
                #expect(told.isEmpty, "\(target)")
            }
            let program = try await testSite.program(of: testSite.rosa)
            let results = "/api/v1/roles/baker/results"
            #expect(try await !program.get(results).text.contains("\"count\":1"), "no figure either")
            #expect(try await program.get("/api/v1/answers/\(answer)/ratings").text == #"{"items":[]}"#)
            let split = "/api/v1/roles/baker/answers?show=split"
            #expect(try await program.get(split).text == #"{"items":[],"next_cursor":null}"#)
            let wall = try await testSite.browser(of: testSite.rosa).get("/roles/baker?show=split")
            #expect(wall.text.contains("No opinions are split"))

            for rated in testSite.answers.prefix(2) {
                let rating = try await program.send(
                    "PUT", "/api/v1/answers/\(rated)/rating", [("Content-Type", "application/json")], body: #"{"score": 5}"#)
                #expect(rating.status == 200)
            }
            let after = try await Self.everything(testSite, to: testSite.rosa, answers: testSite.answers)
            for part in ["/ratings", "/comments", "/questions/bread/\(answer)", "/interviews/", "/candidates/"] {
                #expect(after.contains { $0.key.contains(part) && ($0.value.holds("Sam") || $0.value.holds("qqq")) }, "\(part)")
            }
            #expect(try await program.get(results).text.contains("\"count\":3"))
            #expect(try await program.get(split).text.contains("\"response_id\":\(answer)"))
        }
    }

    @Test("names no candidate of a blind role in any byte, to reviewers and admins; where a role is not blind, the search finds the names")
    func blind() async throws {
        try await TestSite.with { testSite in
            let ines = Viewer(reviewerID: testSite.ines.id, access: .admin)
            func leaks(_ reviewer: Reviewer) async throws -> [String] {
                try await Self.everything(testSite, to: reviewer, answers: testSite.answers)
                    .filter { answer in ["zyx", "Zyx", "ZYX"].contains { answer.value.holds($0) } }.map(\.key).sorted()
            }
            #expect(try await leaks(testSite.rosa).count >= 8)
            for role in ["baker", "butcher"] { try await testSite.reviews.change(RoleSettings(isBlind: true), of: role, viewer: ines) }
            #expect(try await leaks(testSite.rosa) == [])
            #expect(try await leaks(testSite.ines) == [])
            let page = try await testSite.browser(of: testSite.rosa).get("/roles/baker", ("Accept", "text/html"))
            #expect(page.text.contains("Candidate "), "the pseudonyms are there instead")
        }
    }

    @Test("lets nobody abstain to look at others' ratings")
    func abstaining() async throws {
        try await TestSite.with { testSite in
            let answer = testSite.answers[0]
            try await testSite.reviews.rate(answer, .score(1), viewer: Viewer(reviewerID: testSite.sam.id, access: .reviewer))
            let program = try await testSite.program(of: testSite.rosa)
            let rating = try await program.send(
                "PUT", "/api/v1/answers/\(answer)/rating", [("Content-Type", "application/json")],
                body: #"{"abstained": "technical_fault"}"#)
            #expect(
                rating.status == 200 && rating.text.contains(#""abstained":"technical_fault""#) && rating.text.contains(#""score":null"#))
            #expect(try await !program.get("/api/v1/answers/\(answer)/ratings").text.contains("Sam"))
            #expect(try await program.get("/api/v1/answers/\(answer)").text.contains("\"is_open\":false"))
        }
    }
}
