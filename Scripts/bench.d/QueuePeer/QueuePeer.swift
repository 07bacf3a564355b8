import Foundation
import JobQueue
import Logging
import Migrations
import Postgres

/// Dailies' queue as a contender of `Scripts/bench queue`, which speaks this protocol with each: the command prints `READY` when
/// it is connected, waits for a line, does its work, and prints one line of JSON. The database comes from the `PG…` variables. All
/// times are nanoseconds of the monotonic clock, which all processes share.
///
///     install                             make the schema
///     enqueue --jobs N                    {"t0", "t1", "cpu_s"}
///     worker --deadline S [--slots N]     {"executed", "t_first", "t_last", "t_done", "cpu_s"}
///     listen                              until a second line: {"starts": [[number, ns], …], "cpu_s"}
///     send --jobs N --interval-ms M       {"sent": [[number, ns before, ns after], …], "cpu_s"}
///     left                                how many jobs are live
///     idle --workers N [--listen-database CONNECTION]
///                                         so many workers with nothing to do, for `Scripts/bench idle`; until it is killed, and says nothing
@main
struct QueuePeer {
    static let kind = "noop"

    let pool: PostgresPool
    let queue: JobQueue
    let options: Options

    static func main() async throws {
        let options = Options(CommandLine.arguments.dropFirst())
        var database = PostgresConfiguration()
        database.logger.logLevel = .error
        let pool = PostgresPool(database, limit: 6)
        let peer = QueuePeer(pool: pool, queue: JobQueue(pool: pool), options: options)
        switch options.command {
        case "install": _ = try await Migrator().apply(on: try await PostgresConnection.connect(database))
        case "enqueue": try await peer.enqueue()
        case "send": try await peer.send()
        case "left": say("\(try await pool.query("SELECT count(*) FROM dailies.jobs").one().decode(at: 0, as: Int.self))")
        case "worker", "listen": try await peer.work(on: database)
        case "idle": try await peer.idle(on: database)
        default:
            FileHandle.standardError.write(Data("usage: dailies-queue-peer install|enqueue|worker|listen|send|left|idle …\n".utf8))
            exit(64)
        }
        await pool.close()
    }

    /// Connects, says so, and waits for the word.
    private func awaitStart() async throws {
        try await pool.execute("SELECT 1")
        Self.say("READY")
        await Self.line()
    }

    /// At once, also into a pipe.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    static func line() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { _ = readLine(); continuation.resume() }
        }
    }

    private func enqueue() async throws {
        try await awaitStart()
        let clock = Clock()
        let payloads = Array(repeating: "{}", count: 20_000)
        for start in stride(from: 0, to: options.jobs, by: payloads.count) {
            let chunk = payloads.prefix(options.jobs - start)
            try await pool.withConnection { connection in try await queue.insert(kind: Self.kind, payloads: Array(chunk), in: connection) }
        }
        clock.report(["t0": clock.began, "t1": Clock.now])
    }

    private func send() async throws {
        try await awaitStart()
        let clock = Clock()
        var sent: [[Int64]] = []
        let began = ContinuousClock.now
        for number in 0..<options.jobs {
            try await Task.sleep(until: began + options.interval * number, clock: .continuous)
            let before = Clock.now
            try await pool.withConnection { connection in
                try await queue.insert(kind: Self.kind, payloads: ["{\"seq\": \(number)}"], in: connection)
            }
            sent.append([Int64(number), before, Clock.now])
        }
        clock.report(["sent": sent])
    }
}
