import TestSupport
import Testing

@testable import ReviewSite

/// Requests as no browser and no proxy sends them, straight to the site.
@Suite("A broken request", .tags(.database), .timeLimit(.minutes(10)))
struct RequestFuzzTests {
    @Test("gets an answer that blames its sender, or none, and the site goes on")
    func fuzz() async throws {
        try await TestSite.with { testSite in
            let seeds = try await seeds(testSite)
            let port = testSite.client.port
            for seed in seeds {
                #expect(try await RawRequest(seed).send(to: port).statuses.allSatisfy { $0 < 500 }, "\(seed.prefix(60))")
            }
            var random = SeededGenerator(seed: 15)
            for number in 0..<300 {
                let request = Self.mutant(of: seeds.randomElement(using: &random) ?? "", others: seeds, using: &random)
                let statuses = try await RawRequest(request).send(to: port).statuses
                #expect(
                    statuses.allSatisfy { $0 < 500 },
                    "number \(number): \(statuses): \(String(decoding: request.prefix(400), as: UTF8.self).debugDescription)")
                if number % 50 == 49 { #expect(try await testSite.client.get("/sign-in").status == 200, "after number \(number)") }
            }
            let rosa = try await testSite.browser(of: testSite.rosa)
            #expect(try await rosa.get("/").status == 200)
        }
    }

    private func seeds(_ testSite: TestSite) async throws -> [String] {
        let session = try await testSite.accounts.beginSession(of: testSite.ines, for: .seconds(3600), inPlaceOf: nil)
        let token = try await testSite.accounts.addToken(reviewer: testSite.ines.email, name: "fuzz", scope: .write)
        let answer = testSite.answers[0]
        let host = "Host: review.example.org\r\nConnection: close\r\n"
        let browser = "\(host)Cookie: dailies=\(session.text)\r\nAccept: text/html\r\n"
        let program = "\(host)Authorization: Bearer \(token.text)\r\n"
        let rating = #"{"score": 4, "watched": [[0, 3000]]}"#
        let form = "return_to=%2Froles%2Fbaker&csrf_token=\(session.derived(for: "csrf"))"
        return [
            "GET / HTTP/1.1\r\n\(browser)\r\n", "GET /roles/baker?show=faults&page=2 HTTP/1.1\r\n\(browser)\r\n",
            "GET /health HTTP/1.1\r\n\(browser)X-Forwarded-For: 10.0.0.1, [2001:db8::1]:443\r\n\r\n",
            "GET /sign-in?return_to=%2Froles%2Fbaker HTTP/1.1\r\n\(host)\r\n",
            "GET /media/\(answer)/playback HTTP/1.1\r\n\(browser)Range: bytes=0-99, 200-\r\nIf-None-Match: \"x\", W/\"y\"\r\n\r\n",
            "HEAD /media/\(answer)/poster HTTP/1.1\r\n\(program)\r\n",
            "GET /api/v1/roles/baker/answers?limit=1&cursor=1&question=bread HTTP/1.1\r\n\(program)Accept: application/json;q=0.9\r\n\r\n",
            "PUT /api/v1/answers/\(answer)/rating HTTP/1.1\r\n\(program)Content-Type: application/json\r\nContent-Length: \(rating.utf8.count)\r\n\r\n\(rating)",
            "PUT /api/v1/answers/\(answer)/rating HTTP/1.1\r\n\(program)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\(String(rating.utf8.count, radix: 16))\r\n\(rating)\r\n0\r\n\r\n",
            "POST /responses/\(answer)/reinspect HTTP/1.1\r\n\(browser)Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)",
            "GET /sign-in HTTP/1.1\r\nHost: a\r\n\r\nGET /static/x HTTP/1.1\r\nHost: a\r\n\r\n\("GET /roles/baker HTTP/1.1\r\n\(browser)\r\n")",
            "OPTIONS * HTTP/1.1\r\n\(host)\r\n", "CONNECT review.example.org:443 HTTP/1.1\r\n\(host)\r\n",
            "GET http://review.example.org/health HTTP/1.0\r\n\(browser)\r\n",
            "GET /api/v1/roles/baker/answers?question=%00 HTTP/1.1\r\n\(program)\r\n",
            "GET /roles/baker?show=%00&from=%00 HTTP/1.1\r\n\(browser)\r\n",
        ]
    }

    /// Pieces that mean something to somebody.
    private static let pieces: [String] = [
        "\r\n", "\r\n\r\n", "\n", "\r", "\0", "\t", " ", ":", "%00", "%0d%0a", "%2f", "%2e%2e", "..;/", "//", "%", "%ff", "?", "&", "=",
        "#",
        "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Content-Length: 18446744073709551616\r\n", "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Expect: 100-continue\r\n", "Connection: keep-alive\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\n", "FFFFFFFFFFFFFFFF\r\n", "0\r\n\r\n", ";a=b\r\n", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 ",
        "\u{301}", "\u{600}", "\u{202E}", "ü", "99999999999999999999", "-1", "9223372036854775807", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}", String(repeating: "a", count: 9_000), String(repeating: "X: y\r\n", count: 400),
    ]

    private static func mutant(of seed: String, others: [String], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(seed.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
            case 5: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 6: bytes += Array((others.randomElement(using: &random) ?? "").utf8)
            default: bytes = Mutation.mutant(of: bytes, others: others.map { Array($0.utf8) }, using: &random)
            }
        }
        return bytes
    }
}
