import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ReviewSite

/// The database away.
@Suite("While the database is away", .tags(.database))
struct OutageTests {
    @Test("every answer is 503 with a time to try again, in words, and afterwards all is well without a restart")
    func away() async throws {
        try await TemporaryFolder.with { folder in
            let proxy = Mutex<PostgresProxy?>(nil)
            try await TestSite.with(conninfo: { conninfo in
                let made = try PostgresProxy(before: conninfo, in: folder)
                proxy.withLock { $0 = made }
                return made.conninfo
            }) { testSite in
                let proxy = try #require(proxy.withLock { $0 })
                let (browser, program) = (try await testSite.browser(of: testSite.rosa), try await testSite.program(of: testSite.rosa))
                proxy.goAway()
                let page = try await browser.get("/roles/baker", ("Accept", "text/html"))
                #expect(page.status == 503 && page.header("retry-after") == "5")
                #expect(page.text.contains("Nothing is lost") && page.header("content-type")?.hasPrefix("text/html") == true)
                let answer = try await program.get("/api/v1/roles")
                #expect(answer.status == 503 && answer.header("content-type") == "application/problem+json")
                #expect(try await testSite.client.get("/sign-in").status == 200, "what needs no database goes on")
                proxy.comeBack()
                #expect(try await browser.get("/roles/baker").status == 200)
                #expect(try await program.get("/api/v1/roles").status == 200)
                proxy.close()
            }
        }
    }
}
