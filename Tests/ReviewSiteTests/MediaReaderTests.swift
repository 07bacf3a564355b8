import NIOCore
import NIOPosix
import Reviews
import SystemPackage
import TestSupport
import Testing

@testable import ReviewSite

/// Readers of media that are slow, or many.
@Suite("A reader of media", .tags(.database), .timeLimit(.minutes(5)))
struct MediaReaderTests {
    /// More than the kernel takes for a connection that nobody reads.
    private static let bytes: Int64 = 64 << 20

    /// A site with a long playback copy at the address.
    private static func with(_ limits: MediaLimits, _ body: (TestSite, String) async throws -> Void) async throws {
        var configuration = try ReviewSite.Configuration(port: 0)
        configuration.media = limits
        try await TestSite.with(configuration) { testSite in
            try await testSite.replacePlayback { try $0.resize(to: bytes) }
            try await body(testSite, "/media/\(testSite.answers[0])/playback")
        }
    }

    /// Asks for a file, and takes nothing of it.
    private static func stall(_ client: SiteClient, _ target: String) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false).channelOption(.socketOption(.so_rcvbuf), value: 4096)
            .connect(host: client.host, port: client.port).get()
        let headers = client.standing.map { "\($0): \($1)\r\n" }.joined()
        try await channel.writeAndFlush(
            ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: \(client.host):\(client.port)\r\n\(headers)\r\n"))
        return channel
    }

    @Test("that takes nothing for a while is disconnected, and what it took up is free again")
    func stalled() async throws {
        var limits = MediaLimits()
        limits.patience = .seconds(2)
        try await Self.with(limits) { testSite, address in
            let turns = testSite.services.mediaTurns
            let channel = try await Self.stall(try await testSite.browser(of: testSite.rosa), address)
            try await until { turns.counts.running == 1 }
            try await until { turns.counts.running == 0 }
            try await channel.close()
        }
    }

    @Test("with as many transfers as it may have waits for one of its own, and others are served meanwhile")
    func many() async throws {
        var limits = MediaLimits()
        limits.patience = .hours(1)
        limits.perReader = 2
        limits.waitingPerReader = 1
        try await Self.with(limits) { testSite, address in
            let turns = testSite.services.mediaTurns
            let rosa = try await testSite.browser(of: testSite.rosa)
            let stalled = [try await Self.stall(rosa, address), try await Self.stall(rosa, address)]
            try await until { turns.counts.running == 2 }
            // Another browser of the same person.
            let rosas = try await testSite.browser(of: testSite.rosa)
            async let next = rosas.get(address, ("Range", "bytes=0-9"))
            try await until { turns.counts.waiting == 1 }
            let beyond = try await rosa.get(address, ("Range", "bytes=0-9"))
            #expect(beyond.status == 429 && beyond.header("retry-after") == "5")
            #expect(try await rosa.send("HEAD", address).status == 200)
            let sam = try await testSite.browser(of: testSite.sam)
            #expect(try await sam.get(address, ("Range", "bytes=0-9")).body == [UInt8](repeating: 0, count: 10))
            #expect(turns.counts.waiting == 1)
            try await stalled[0].close()
            #expect(try await next.body.count == 10)
            try await stalled[1].close()
            try await until { turns.counts.running == 0 }
        }
    }

    @Test("gets its turn in the order of the requests, and none when it went away while it waited")
    func turns() async throws {
        var limits = MediaLimits()
        (limits.atOnce, limits.perReader) = (2, 1)
        let turns = MediaTurns(limits)
        var first: MediaTurn? = try await turns.take(for: 1)
        async let own = turns.take(for: 1)
        try await until { turns.counts.waiting == 1 }
        // Another reader does not wait for the first one's.
        var other: MediaTurn? = try await turns.take(for: 2)
        let gone = Task { try await turns.take(for: 3) }
        try await until { turns.counts.waiting == 2 }
        gone.cancel()
        await #expect(throws: CancellationError.self) { _ = try await gone.value }
        #expect(turns.counts.running == 2 && turns.counts.waiting == 1)
        withExtendedLifetime(other) {}
        other = nil
        #expect(turns.counts.running == 1 && turns.counts.waiting == 1)
        withExtendedLifetime(first) {}
        first = nil
        let taken = try await own
        #expect(turns.counts.running == 1 && turns.counts.waiting == 0)
        withExtendedLifetime(taken) {}
    }
}
