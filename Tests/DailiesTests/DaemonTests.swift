import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// How a worker behaves towards those who run it.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct DaemonTests {
    @Test func `every line that is not for a terminal is a JSON object, and those of a job name it`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            let log = product.data.appending("worker.log")
            let status = try await product.running(["work"], log: log) { worker in
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
            let text = try String(contentsOfFile: log.string, encoding: .utf8)
            let lines = try text.split(separator: "\n").map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
            #expect(lines.allSatisfy { $0["time"] != nil && $0["level"] != nil && $0["message"] != nil })
            let completed = lines.filter { $0["message"] == "completed" }
            #expect(Set(completed.compactMap { $0["job"] }).count == 2)
            #expect(completed.allSatisfy { $0["attempt"] == "1" && $0["worker"] != nil })
            #expect(!text.contains("Candidate") && !text.contains("example.org") && !text.contains(".webm"))
        }
    }

    @Test func `SIGHUP takes over slots and log level from the settings`() async throws {
        try await Product.with { product in
            let file = product.data.appending("dailies.yaml")
            try "slots: 1\nlog-level: info\n".write(toFile: file.string, atomically: true, encoding: .utf8)
            let log = product.data.appending("worker.log")
            let status = try await product.running(["work", "--config", file.string], log: log) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.workers WHERE slots = 1")
                try "slots: 3\nlog-level: debug\n".write(toFile: file.string, atomically: true, encoding: .utf8)
                kill(worker, SIGHUP)
                try await product.until("SELECT count(*) = 1 FROM dailies.workers WHERE slots = 3")
                try await product.bringIn(Product.recordings(12))
                try "slots: none\n".write(toFile: file.string, atomically: true, encoding: .utf8)
                kill(worker, SIGHUP)
                try await until {
                    try String(contentsOfFile: log.string, encoding: .utf8).contains(
                        "the settings cannot be read again; the old ones stay in effect")
                }
                try await product.until("SELECT count(*) = 12 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
            let most: Int = try await product.value(
                """
                SELECT max((SELECT count(*) FROM dailies.job_history h
                            WHERE h.claimed_at <= own.claimed_at AND h.ended_at > own.claimed_at))
                FROM dailies.job_history own
                """)
            #expect(most == 3, "so many ran at once")
            #expect(try String(contentsOfFile: log.string, encoding: .utf8).contains("\"log-level\":\"debug\""))
        }
    }

    @Test func `SIGHUP does not end a worker that waits for the schema, and takes effect once it works`() async throws {
        try await Product.with(migrated: false) { product in
            let file = product.data.appending("dailies.yaml")
            try "slots: 1\n".write(toFile: file.string, atomically: true, encoding: .utf8)
            let log = product.data.appending("worker.log")
            let status = try await product.running(["work", "--config", file.string], log: log) { worker in
                try await until { try String(contentsOfFile: log.string, encoding: .utf8).contains("waiting for the schema") }
                try "slots: 3\n".write(toFile: file.string, atomically: true, encoding: .utf8)
                kill(worker, SIGHUP)
                #expect(try await product.run("migrate").code == 0)
                try await product.until("SELECT count(*) = 1 FROM dailies.workers WHERE slots = 3")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
        }
    }

    @Test func `a second SIGTERM stops at once, and the job that ran is released and uses up no attempt`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            let status = try await product.withWorker(variables: ["DAILIES_GRACE_SECONDS": "3600"]) { worker in
                _ = try await worker.catchInspector()
                worker.send(SIGTERM)
                try await until { worker.said.contains("stopping: running jobs get their grace time") }
                worker.send(SIGTERM)
                try await product.until("SELECT count(*) = 0 FROM dailies.workers")
            }
            #expect(status == .exited(0))
            let standing = try await product.pool.query("SELECT state, failures, crashes FROM dailies.jobs")
                .decode((String.self, Int.self, Int.self))
            #expect(standing.count == 1 && standing[0] == ("available", 0, 0))
        }
    }

    @Test func `systemd gets readiness, watchdog and stopping messages`() async throws {
        try await Product.with { product in
            let socket = try NotificationSocket(at: product.data.appending("notify"))
            try await product.withWorker(variables: ["NOTIFY_SOCKET": socket.path.string, "WATCHDOG_USEC": "200000"]) { _ in
                try await until { socket.messages().contains { $0.hasPrefix("READY=1") } }
                try await until { socket.messages().filter { $0 == "WATCHDOG=1" }.count >= 2 }
            }
            #expect(socket.messages().contains("STOPPING=1"))
        }
    }

    @Test func `a worker that waits for the schema has started for systemd, is alive, and says what it waits for`() async throws {
        try await Product.with(migrated: false) { product in
            let socket = try NotificationSocket(at: product.data.appending("notify"))
            let variables: [Environment.Key: String] = [
                "NOTIFY_SOCKET": socket.path.string, "WATCHDOG_USEC": "200000", "DAILIES_HEALTH": "127.0.0.1:0",
            ]
            try await product.withWorker(variables: variables) { worker in
                let address = try await Scraped.address(of: worker, in: product)
                // systemd ends a start that has not told by then, and would hold up what starts after it.
                try await until { socket.messages().contains { $0.hasPrefix("READY=1\nSTATUS=waiting for the schema: ") } }
                try await until { socket.messages().filter { $0 == "WATCHDOG=1" }.count >= 2 }
                #expect(try await Scraped.get("/livez", of: worker, in: product).status == 200)
                let waiting = try await Scraped.get("/readyz", of: worker, in: product)
                #expect(
                    waiting.status == 503 && waiting.text.contains("schema: ") && waiting.text.contains("dailies migrate"),
                    "\(waiting.text)")
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                #expect(metrics.value("dailies_check_ok{check=\"schema\"}") == 0)
                #expect(!socket.messages().contains("READY=1\nSTATUS=working"))

                #expect(try await product.run("migrate").code == 0)
                try await until { socket.messages().contains("READY=1\nSTATUS=working") }
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 200 }
                #expect(try await Scraped.address(of: worker, in: product) == address && worker.count("health and metrics") == 1)
                let later = socket.messages().filter { $0 == "WATCHDOG=1" }.count
                try await until { socket.messages().filter { $0 == "WATCHDOG=1" }.count >= later + 2 }
            }
            #expect(socket.messages().contains("STOPPING=1"))
        }
    }

    @Test func `a worker that waits for the schema ends in order when it is told to, with its health pages`() async throws {
        try await Product.with(migrated: false) { product in
            let status = try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await until { try await Scraped.get("/readyz", of: worker, in: product).text.contains("schema: ") }
            }
            #expect(status == .exited(0))
        }
    }
}

/// The socket that systemd would listen at.
private final class NotificationSocket {
    let path: FilePath
    private let descriptor: Int32
    private var seen: [String] = []

    init(at path: FilePath) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.string.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0)
        // The tests' program runs as somebody else's child in places; anybody may write.
        chmod(path.string, 0o666)
    }

    deinit { close(descriptor) }

    /// Everything that came so far.
    func messages() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return seen }
            seen.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
