import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// How often programs may ask.
@Suite("A program that asks too often", .tags(.database))
struct RequestLimitTests {
    @Test("may send some requests at once, then at a steady rate, and has the full limit again after a pause")
    func rate() {
        let (rate, start) = (RequestRate(atOnce: 3, interval: .seconds(10)), ContinuousClock.now)
        var debt: RequestRate.Debt?
        func ask(_ seconds: Int) -> Duration? { rate.count(&debt, at: start + .seconds(seconds)) }
        #expect([ask(0), ask(0), ask(0)] == [nil, nil, nil])
        #expect([ask(0), ask(4), ask(9)] == [.seconds(10), .seconds(6), .seconds(1)], "asking too early does not make it longer")
        #expect(ask(10) == nil)
        #expect([ask(10), ask(19)] == [.seconds(10), .seconds(1)])
        #expect([ask(35), ask(35), ask(35)] == [nil, nil, .seconds(5)], "two are back after 25 seconds")
        #expect([ask(500), ask(500), ask(500), ask(500)] == [nil, nil, nil, .seconds(10)], "never more than at first")
    }

    @Test("is remembered until its limit is full again, however many others there are")
    func memory() {
        let (limit, start) = (RequestLimit(RequestRate(atOnce: 1, interval: .seconds(10))), ContinuousClock.now)
        let busy = SecretToken()
        for tenth in 0..<2500 {
            let now = start + .milliseconds(100 * tenth)
            if tenth == 950 { #expect(limit.count(busy, at: now) == nil) }
            if tenth == 1010 { #expect(limit.count(busy, at: now) == 4, "others were forgotten meanwhile") }
            _ = limit.count(SecretToken(), at: now)
            #expect(limit.count <= 1000)
        }
    }

    @Test("is answered with 429 and when to ask again, on every address and before anything is done, while all others go on")
    func refusal() async throws {
        var configuration = try ReviewSite.Configuration(port: 0)
        configuration.requestRate = RequestRate(atOnce: 3, interval: .seconds(3600))
        try await TestSite.with(configuration) { testSite in
            let values = try await testSite.values()
            let program = try await testSite.program(of: testSite.ines)
            for _ in 0..<3 { #expect(try await program.get("/api/v1/me").status == 200) }
            for route in testSite.routes where (route.isAPI || route.isMedia) && !route.isOpen {
                let answer = try await program.use(route, values)
                #expect(answer.status == 429, "\(route)")
                #expect(answer.header("retry-after").flatMap { Int($0) }.map { (1...3600).contains($0) } == true, "\(route)")
                #expect(answer.header("content-type") == "application/problem+json", "\(route)")
            }
            let changes: Int = try await testSite.pool.query("SELECT count(*) FROM dailies.audit_events").one().decode(at: 0)
            #expect(changes == 2, "only the two assignments of the test site")
            #expect(try await testSite.program(of: testSite.ines).get("/api/v1/me").status == 200, "another token of the same reviewer")
            let browser = try await testSite.browser(of: testSite.ines)
            for _ in 0..<5 { #expect(try await browser.get("/media/\(testSite.answers[0])/poster").status == 200, "browsers") }
            let madeUp = testSite.client.with(("Authorization", "Bearer \(SecretToken().text)"))
            for _ in 0..<5 { #expect(try await madeUp.get("/api/v1/me").status == 401) }
        }
    }
}
