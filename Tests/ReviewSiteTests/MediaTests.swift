import Foundation
import Postgres
import Reviews
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import ReviewSite

/// Files of an answer, as browsers ask for them.
@Suite("A file of an answer", .tags(.database))
struct MediaTests {
    private static let file = FileManager.default.contents(atPath: TestSite.playback.string).map { [UInt8]($0) } ?? []

    /// Lends somebody who may see the file, and its address.
    private static func with(_ body: (SiteClient, String, TestSite) async throws -> Void) async throws {
        try await TestSite.with { testSite in
            try await body(try await testSite.browser(of: testSite.rosa), "/media/\(testSite.answers[0])/playback", testSite)
        }
    }

    @Test("comes whole, byte for byte, with its type, and with nothing that names whose it is")
    func whole() async throws {
        try await Self.with { rosa, address, _ in
            let answer = try await rosa.get(address)
            #expect(answer.status == 200 && answer.body == Self.file)
            #expect(answer.header("content-type") == "video/webm" && answer.header("accept-ranges") == "bytes")
            #expect(answer.header("content-length") == "\(Self.file.count)")
            #expect(answer.header("content-disposition") == "inline")
        }
    }

    @Test("comes in the part that was asked for, wherever that begins and ends")
    func parts() async throws {
        let size = Self.file.count
        try await Self.with { rosa, address, _ in
            // Within and across the pieces in which it is read, to the end and past it.
            let chunk = 256 << 10
            for (asked, expected) in [
                ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=\(chunk - 1)-\(chunk)", chunk - 1..<chunk + 1),
                ("bytes=17-\(3 * chunk + 5)", 17..<3 * chunk + 6), ("bytes=1000-", 1000..<size), ("bytes=-1", size - 1..<size),
                ("bytes=-70000", size - 70_000..<size), ("bytes=-\(size * 2)", 0..<size),
                ("bytes=\(size - 1)-\(size + 10)", size - 1..<size),
                ("Bytes= 5-9 ", 5..<10),
            ] {
                let answer = try await rosa.get(address, ("Range", asked))
                #expect(answer.status == 206, "\(asked)")
                #expect(answer.body == Array(Self.file[expected]), "\(asked)")
                #expect(answer.header("content-range") == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)", "\(asked)")
                #expect(answer.header("content-length") == "\(expected.count)", "\(asked)")
            }
        }
    }

    @Test("comes whole where the range is none, or is several")
    func noParts() async throws {
        try await Self.with { rosa, address, _ in
            for asked in ["bytes=5-4", "bytes=a-b", "bytes=-", "chapters=1-2", "bytes=0-1,5-6", "5-6", "bytes=0-1;x"] {
                let answer = try await rosa.get(address, ("Range", asked))
                #expect(answer.status == 200 && answer.body.count == Self.file.count, "\(asked)")
            }
        }
    }

    @Test("is refused from behind its end, and says how long it is")
    func behind() async throws {
        try await Self.with { rosa, address, _ in
            for asked in ["bytes=\(Self.file.count)-", "bytes=-0", "bytes=999999999999-"] {
                let answer = try await rosa.get(address, ("Range", asked))
                #expect(answer.status == 416 && answer.header("content-range") == "bytes */\(Self.file.count)", "\(asked)")
            }
        }
    }

    @Test("is only described to a HEAD request, whatever range that names")
    func head() async throws {
        try await Self.with { rosa, address, _ in
            let answer = try await rosa.send("HEAD", address, [("Range", "bytes=0-9")])
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(answer.header("content-length") == "\(Self.file.count)")
        }
    }

    @Test("is not sent again to a client that has it, and is sent whole to a client that has another")
    func tags() async throws {
        try await Self.with { rosa, address, _ in
            let tag = try #require(try await rosa.get(address, ("Range", "bytes=0-0")).header("etag"))
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let answer = try await rosa.get(address, ("If-None-Match", known))
                #expect(answer.status == 304 && answer.body.isEmpty && answer.header("etag") == tag, "\(known)")
            }
            #expect(try await rosa.get(address, ("If-None-Match", "\"other\""), ("Range", "bytes=0-9")).status == 206)
            #expect(try await rosa.get(address, ("If-Range", tag), ("Range", "bytes=0-9")).body == Array(Self.file.prefix(10)))
            for other in ["\"other\"", "W/\(tag)", "Wed, 21 Oct 2015 07:28:00 GMT"] {
                #expect(try await rosa.get(address, ("If-Range", other), ("Range", "bytes=0-9")).body.count == Self.file.count, "\(other)")
            }
        }
    }

    @Test("is refused with 412 to a client with the beginning of another file, and continues for a client with the beginning of this one")
    func preconditions() async throws {
        try await Self.with { rosa, address, _ in
            let tag = try #require(try await rosa.get(address, ("Range", "bytes=0-0")).header("etag"))
            for wanted in [tag, "\"other\", \(tag)", "*"] {
                let answer = try await rosa.get(address, ("If-Match", wanted), ("Range", "bytes=10-19"))
                #expect(answer.status == 206 && answer.body == Array(Self.file[10..<20]), "\(wanted)")
            }
            for other in ["\"other\"", "W/\(tag)", ""] {
                for more in [("Range", "bytes=10-19"), ("If-None-Match", tag)] {
                    let answer = try await rosa.get(address, ("If-Match", other), more)
                    #expect(answer.status == 412 && answer.header("content-type") == "application/problem+json", "\(other)")
                }
            }
        }
    }

    @Test("is for reviewers of its role, by session or token; others cannot tell missing from forbidden")
    func access() async throws {
        try await Self.with { rosa, address, testSite in
            #expect(try await testSite.client.get(address).status == 401)
            #expect(try await testSite.program(of: testSite.sam, .read).get(address).status == 200)
            let foreign = "/media/\(testSite.foreignAnswer)/playback"
            #expect(try await rosa.get(foreign).status == 404)
            #expect(try await testSite.browser(of: testSite.ines).get(foreign).status == 200, "admins reach every role")
            try await testSite.reviews.setMembership(of: testSite.rosa.id, in: ["baker"], to: false)
            #expect(try await rosa.get(address).status == 404, "who no longer reviews the role")
        }
    }

    @Test("is refused at once when the session that asks has ended, by signing out or with its account, or has run out")
    func endedSessions() async throws {
        try await Self.with { rosa, address, testSite in
            let sam = try await testSite.browser(of: testSite.sam)
            let ines = try await testSite.browser(of: testSite.ines)
            for browser in [rosa, sam, ines] { #expect(try await browser.get(address, ("Range", "bytes=0-9")).status == 206) }
            #expect(try await rosa.send("POST", "/sign-out", [], body: "").status == 303)
            #expect(try await rosa.get(address, ("Range", "bytes=0-9")).status == 401)
            try await testSite.accounts.setDisabled(true, email: testSite.sam.email)
            #expect(try await sam.get(address, ("Range", "bytes=0-9")).status == 401)
            try await testSite.pool.execute(
                """
                UPDATE dailies.sessions SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'
                WHERE reviewer_id = \(testSite.ines.id)
                """)
            #expect(try await ines.get(address, ("Range", "bytes=0-9")).status == 401)
            let madeUp = testSite.client.with(("Cookie", "dailies=\(SecretToken().text)"))
            for target in [address, "/media/\(testSite.answers[0])/nothing", "/media/x/poster"] {
                #expect(try await madeUp.get(target).status == 401, "\(target)")
            }
        }
    }

    @Test("may be several times as long as the part that is read into memory at once")
    func long() async throws {
        try await Self.with { rosa, address, testSite in
            var generator = SeededGenerator(seed: 7)
            let content = (0..<(5 << 17)).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
            try await testSite.replacePlayback { try $0.writeAll(content) }
            #expect(try await rosa.get(address).body == content)
            let stretch = 2 << 20
            for range in [1..<content.count, stretch - 1..<2 * stretch + 1, 0..<stretch, 5..<stretch + 5] {
                let answer = try await rosa.get(address, ("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
                #expect(answer.status == 206 && answer.body == Array(content[range]), "\(range)")
            }
        }
    }

    @Test("is there in each kind but the candidate's own recording")
    func kinds() async throws {
        try await Self.with { rosa, _, testSite in
            let types = [
                "poster": "image/jpeg", "storyboard": "image/jpeg", "storyboard_track": "text/vtt", "waveform": "application/json",
                "playback": "video/webm",
            ]
            for (kind, type) in types {
                let answer = try await rosa.get("/media/\(testSite.answers[0])/\(kind)")
                #expect(answer.header("content-type")?.hasPrefix(type) == true, "\(kind)")
            }
            for kind in ["recording", "original", "POSTER", "rendition", ""] {
                let answer = try await rosa.get("/media/\(testSite.answers[0])/\(kind)")
                #expect(answer.status == 404, "\(kind)")
            }
        }
    }
}
