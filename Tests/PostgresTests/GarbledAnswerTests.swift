import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// What a client makes of answers that no server gives: messages that are missing, doubled, swapped, cut or unreadable. Each message of each way
/// to write is spoiled in each way.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct GarbledAnswerTests {
    enum Way: String, CaseIterable {
        case statement, prepared, script, pipeline, pipelineApart, transaction, pooled, thread
    }

    /// One client's whole life: it connects, writes a number, and asks once more.
    private struct Life {
        let way: Way
        let number: Int
        /// Whether the server refuses the write, at its commit.
        let fails: Bool
        let conninfo: String

        var name: String { "garbled-\(number)" }

        private var configuration: PostgresConfiguration {
            var configuration = PostgresConfiguration("\(conninfo) application_name=\(name)")
            configuration.preparesStatements = way == .prepared
            configuration.stopTimeout = .milliseconds(100)
            return configuration
        }

        private func query(_ number: Int) -> PostgresQuery {
            fails
                ? PostgresQuery(named: "write", "INSERT INTO pairs /* begins */ VALUES (\(number)), (\(number))")
                : PostgresQuery(named: "write", "INSERT INTO kept /* begins */ VALUES (\(number))")
        }

        /// - Returns: whether the write was told as done.
        func live() async throws -> Bool {
            if way == .thread { return try await liveOnThread() }
            let connection = try await PostgresConnection.connect(configuration)
            if way == .pooled { connection.handle.isPooled = true }
            var isDone = false
            do {
                try await write(on: connection)
                isDone = true
            } catch let error as PostgresError {
                #expect(!error.isConnectionLost || connection.isBroken, "\(error)")
            }
            let later: PostgresQuery = "SELECT \(number + 1)"
            // What is asked afterwards gets its own answer, or none.
            if let rows = try? await connection.query(later, onCancellation: .finish(within: .milliseconds(100))),
                let answer = try? rows.one().decode(at: 0, as: Int.self)
            {
                #expect(answer == number + 1)
            }
            return isDone
        }

        private func write(on connection: PostgresConnection) async throws {
            switch way {
            case .statement, .pooled, .thread: try await connection.query(query(number))
            case .prepared:
                // Asked again it is prepared; what is refused is not asked again.
                if !fails { for other in [-1, -2] { try await connection.query(query(other)) } }
                try await connection.query(query(number))
            case .script:
                let text = query(number).sql.replacing("$1", with: "\(number)").replacing("$2", with: "\(number)")
                try await connection.script("SELECT 1; \(text)")
            case .pipeline: for result in try await connection.pipeline(["SELECT 1", query(number), "SELECT 2"]) { _ = try result.get() }
            case .pipelineApart:
                _ = try await connection.pipeline(["SELECT 1", query(number), "SELECT 2"], inOneTransaction: false)[1].get()
            case .transaction: try await connection.transaction { _ = try await $0.query(query(number)) }
            }
        }

        private func liveOnThread() async throws -> Bool {
            let (configuration, query) = (configuration, query(number))
            return try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            var connection = try BlockingConnection(configuration)
                            do {
                                try connection.query(query, timeout: .milliseconds(200))
                                return true
                            } catch is PostgresError {
                                return false
                            }
                        })
                }
            }
        }
    }

    /// Lets a client live while one message is spoiled. It is cancelled once the server has nothing more to say, because nobody can tell a
    /// message that is missing from one that is late.
    private func live(_ life: Life, _ fault: PostgresProxy.Fault, _ proxy: PostgresProxy, _ direct: PostgresConnection) async throws {
        proxy.garble(fault)
        let isOver = Mutex(false)
        let client = Task {
            defer { isOver.withLock { $0 = true } }
            return try await life.live()
        }
        var last: String?
        try await until {
            if isOver.withLock({ $0 }) { return true }
            guard proxy.faultIsMade else { return false }
            let query: PostgresQuery =
                "SELECT state_change::text FROM pg_stat_activity WHERE application_name = \(life.name) AND state <> 'active'"
            let change = try await direct.query(query, as: String.self).first
            defer { last = change }
            return change != nil && change == last
        }
        client.cancel()
        // A COMMIT is waited for all the same, as long as its connection lives.
        if life.way == .transaction {
            proxy.goAway()
            proxy.comeBack()
        }
        guard try await client.value else { return }
        let rows: Int = try await direct.query("SELECT count(*) FROM kept WHERE n = \(life.number)").one().decode(at: 0)
        #expect(rows == 1 && !life.fails, "\(life.way) was told as done, with \(fault)")
    }

    @Test(arguments: Way.allCases)
    func `A spoiled answer ends in an error, and never in a success that is none or in another query's answer`(way: Way) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder, from: "begins", to: "never")
                defer { proxy.close() }
                let direct = try await PostgresConnection.connect(conninfo)
                try await direct.script("CREATE TABLE kept (n bigint); CREATE TABLE pairs (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
                var seeds = SeededGenerator(seed: UInt64(way.rawValue.utf8.count))
                var number = 0
                for fails in [false, true] {
                    for kind in PostgresProxy.Fault.Kind.allCases {
                        for message in 0..<12 {
                            number += 10
                            let fault = PostgresProxy.Fault(kind, message: message, seed: seeds.next())
                            let life = Life(way: way, number: number, fails: fails, conninfo: proxy.conninfo)
                            try await live(life, fault, proxy, direct)
                        }
                    }
                }
            }
        }
    }
}
