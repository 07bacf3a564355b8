import Testing

@testable import Postgres

/// The pool's decisions as transcripts; connections are letters.
@Suite struct PoolStateTests {
    private func say(_ acquisition: PoolState<String>.Acquisition) -> String {
        switch acquisition {
        case .lend(let connection): "lend \(connection)"
        case .open: "open"
        case .wait(let ticket): "wait \(ticket)"
        case .refuse: "refuse"
        }
    }

    private func say(_ handover: PoolState<String>.Handover) -> String {
        switch handover {
        case .pass(let ticket, let connection): "pass \(connection ?? "a place") to \(ticket)"
        case .rest(let closing): closing.map { "close \($0)" } ?? "rest"
        }
    }

    @Test func `Connections are opened up to the limit, then borrowers wait`() {
        var pool = PoolState<String>(limit: 2)
        #expect(say(pool.acquire()) == "open")
        #expect(say(pool.acquire()) == "open")
        #expect(say(pool.acquire()) == "wait 1")
        #expect(say(pool.acquire()) == "wait 2")
    }

    @Test func `Who waited longest is served first, with a connection or with the place of a broken one`() {
        var pool = PoolState<String>(limit: 1)
        _ = pool.acquire()
        _ = pool.acquire()
        _ = pool.acquire()
        #expect(say(pool.giveBack("A")) == "pass A to 1")
        #expect(say(pool.giveBack(nil)) == "pass a place to 2")
        #expect(say(pool.giveBack("B")) == "rest")
        #expect(say(pool.acquire()) == "lend B")
    }

    @Test func `A borrower that gave up is passed over`() {
        var pool = PoolState<String>(limit: 1)
        _ = pool.acquire()
        _ = pool.acquire()
        _ = pool.acquire()
        pool.giveUp(1)
        #expect(say(pool.giveBack("A")) == "pass A to 2")
        #expect(say(pool.giveBack("A")) == "rest")
    }

    @Test func `The connection used last is lent first`() {
        var pool = PoolState<String>(limit: 2)
        _ = pool.acquire()
        _ = pool.acquire()
        _ = pool.giveBack("A")
        _ = pool.giveBack("B")
        #expect(say(pool.acquire()) == "lend B")
    }

    @Test func `Connections that nobody has asked for since a moment are closed, and those used since then stay`() {
        var pool = PoolState<String>(limit: 3)
        let began = ContinuousClock.now
        for _ in 0..<3 { _ = pool.acquire() }
        _ = pool.giveBack("A", at: began)
        _ = pool.giveBack("B", at: began + .seconds(1))
        _ = pool.giveBack("C", at: began + .seconds(2))
        #expect(pool.restsSince == began)
        #expect(pool.expire(unusedSince: began + .seconds(1)) == ["A", "B"])
        #expect(pool.restsSince == began + .seconds(2))
        #expect(say(pool.acquire()) == "lend C")
        #expect(say(pool.acquire()) == "open")
        #expect(pool.restsSince == nil)
        #expect(pool.expire(unusedSince: began + .seconds(9)).isEmpty)
    }

    @Test func `A closed pool refuses, closes what comes back and is drained when all has`() {
        var pool = PoolState<String>(limit: 3)
        for _ in 0..<3 { _ = pool.acquire() }
        _ = pool.acquire()
        _ = pool.giveBack("A")
        _ = pool.giveBack("B")
        let (idle, waiting) = pool.close()
        #expect(idle == ["B"])
        #expect(waiting.isEmpty)
        #expect(say(pool.acquire()) == "refuse")
        #expect(!pool.isDrained)
        #expect(say(pool.giveBack("A")) == "close A")
        #expect(say(pool.giveBack(nil)) == "rest")
        #expect(pool.isDrained)
    }

    @Test func `Waits double up to the most, and the random part takes away at most a half`() {
        let backoff = Backoff(first: .milliseconds(100), most: .seconds(10))
        #expect(
            (1...9).map { backoff.delay(after: $0, random: 0) / .milliseconds(1) } == [100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000])
        #expect(backoff.delay(after: 1, random: 1) == .milliseconds(50))
        #expect(backoff.delay(after: .max, random: 0) == .seconds(10))
    }
}
