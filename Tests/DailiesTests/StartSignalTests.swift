import Foundation
import Glibc
import LocalPostgres
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Ctrl-C and `kill` while the product starts its private server, or uses it for one command: no process stays behind, and the data are good.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct StartSignalTests {
    /// A step of a start, as it can be seen from outside.
    enum Moment: String, CaseIterable {
        case trapping, makingData, fillingData, startingServer, answering, session

        func hasCome(to product: Product, _ process: pid_t) -> Bool {
            let server = product.data.appending("postgres")
            func runs(_ words: String) -> Bool { ProcessTree.using(server).values.contains { $0.contains(words) } }
            return switch self {
            case .trapping: ProcessTree.traps(SIGTERM, in: process)
            case .makingData: runs("initdb")
            case .fillingData: runs("--single") || runs("--boot")
            case .startingServer: ProcessTree.postmaster(of: product.data) != nil
            case .answering: FileManager.default.fileExists(atPath: server.appending("run/.s.PGSQL.5432").string)
            case .session: runs("dailies dailies [local]")
            }
        }
    }

    /// A product without a database of its own: it takes the private server.
    private func withPrivateServer(_ body: (Product) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let unused = PostgresPool(PostgresConfiguration("host=/nonexistent"), limit: 1)
            try await body(Product(data: folder, pool: unused, flags: ["--data", folder.string]))
            await unused.close()
        }
    }

    /// Runs a command, sends it signals at a moment, and expects that nothing of it is left then.
    private func interrupt(
        _ product: Product, _ words: [String], at moment: Moment, by signals: [Int32]
    ) async throws -> (status: TerminationStatus, said: String) {
        let log = product.data.appending("said.log")
        try? FileManager.default.removeItem(atPath: log.string)
        let status = try await product.running(words, log: log) { process in
            try await until { moment.hasCome(to: product, process) || ProcessTree.isGone(process) }
            for signal in signals { kill(process, signal) }
        }
        let said = try String(contentsOfFile: log.string, encoding: .utf8)
        let left = ProcessTree.using(product.data)
        #expect(left.isEmpty, "left at \(moment): \(left)\n\(said)")
        try await until { ProcessTree.using(product.data).isEmpty }
        return (status, said)
    }

    @Test(arguments: Moment.allCases, [SIGINT, SIGTERM])
    func `A first start that is stopped ends in order at any moment`(moment: Moment, signal: Int32) async throws {
        try await withPrivateServer { product in
            let (status, said) = try await interrupt(product, ["up", "--listen", "127.0.0.1:0"], at: moment, by: [signal])
            #expect(status == .exited(0), "\(said)")
            let next = try await product.run("status")
            #expect(next.code == 0 && next.output.contains("answers  0"), "\(next.error)")
            #expect(ProcessTree.using(product.data).isEmpty)
        }
    }

    @Test func `A later start, and a single command, that are stopped end in order at any moment`() async throws {
        try await withPrivateServer { product in
            #expect(try await product.run("migrate").code == 0)
            for (number, moment) in [Moment.trapping, .startingServer, .answering, .session].enumerated() {
                let (up, said) = try await interrupt(product, ["work"], at: moment, by: [SIGTERM])
                #expect(up == .exited(0), "\(said)")
                for command in [["status"], ["migrate"], ["answers"]] {
                    let signal = CommandSignalTests.signals[number % 3]
                    var (status, said) = try await interrupt(product, command, at: moment, by: [signal])
                    // A session is seen so late that the command may have done its work.
                    if moment == .session, status == .exited(0) { continue }
                    // On a busy machine that happens at other moments too, but not each time.
                    for _ in 1...20 where status == .exited(0) {
                        (status, said) = try await interrupt(product, command, at: moment, by: [signal])
                    }
                    #expect(status == .exited(128 + signal), "\(command) at \(moment): \(said)")
                    #expect(said.contains("Stopped by"), "\(said)")
                }
            }
            #expect(try await product.run("status").code == 0)
        }
    }

    @Test(arguments: [Moment.makingData, .startingServer, .session])
    func `A second signal does not leave the server behind either`(moment: Moment) async throws {
        try await withPrivateServer { product in
            let (status, said) = try await interrupt(product, ["up", "--listen", "127.0.0.1:0"], at: moment, by: [SIGINT, SIGTERM])
            #expect(status == .exited(0) || status == .exited(143), "\(said)")
            #expect(try await product.run("status").code == 0)
        }
    }

    @Test func `A reader that goes away ends a command as SIGPIPE does, and not the private server's order`() async throws {
        try await withPrivateServer { product in
            #expect(try await product.run("migrate").code == 0)
            let (reading, writing) = try FileDescriptor.pipe()
            try reading.close()
            let result = try await Subprocess.run(
                .path(Product.program), arguments: Arguments(product.arguments(["status"])), environment: .custom(product.variables),
                input: .none, output: .fileDescriptor(writing, closeAfterSpawningProcess: true), error: .string(limit: 1 << 16))
            #expect(result.terminationStatus == .exited(141))
            #expect(result.standardError.isEmpty)
            #expect(ProcessTree.using(product.data).isEmpty)
        }
    }
}
