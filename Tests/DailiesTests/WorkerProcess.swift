import Foundation
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A real `dailies work`: its process, what it says, and the processes below it.
final class WorkerProcess: Sendable {
    let process: pid_t
    private let log: FilePath
    /// Fork servers that were stopped, which outlive their worker then.
    private let held = Mutex<Set<pid_t>>([])

    init(process: pid_t, log: FilePath) {
        self.process = process
        self.log = log
    }

    func send(_ signal: CInt) { kill(process, signal) }

    /// Stops it, and returns once none of its threads runs any more.
    func pause() async throws {
        send(SIGSTOP)
        try await until { ProcessTree.isStopped(process) }
    }

    /// Everything it has logged so far.
    var said: String { (try? String(contentsOfFile: log.string, encoding: .utf8)) ?? "" }

    /// One, from the first inspection on.
    var forkServers: [pid_t] { ProcessTree.children(of: process) }
    var inspectors: [pid_t] { forkServers.flatMap(ProcessTree.children(of:)) }

    /// From now on every inspection of this worker stays where it is: its fork server is stopped, so whatever it claims it has in
    /// mid-job. It has to have looked into something before.
    func holdInspections() throws {
        let servers = forkServers
        try #require(!servers.isEmpty)
        held.withLock { $0.formUnion(servers) }
        for server in servers { kill(server, SIGSTOP) }
    }

    /// Whether what was stopped is still there. A worker that loses its lease kills it, and nobody holds its next inspections.
    var isHeld: Bool {
        let servers = held.withLock { $0 }
        return !servers.isEmpty && !servers.contains(where: ProcessTree.isGone)
    }

    func resumeInspections() {
        let servers = held.withLock { held in
            defer { held = [] }
            return held
        }
        for server in servers { kill(server, SIGCONT) }
    }

    /// How often it has said that others may have its jobs.
    var losses: Int { count("the lease is lost") }

    /// How many lines of its log hold these words.
    func count(_ words: String) -> Int { said.split(separator: "\n").count { $0.contains(words) } }

    /// Stops one inspector while it looks into a recording, however quick it is.
    /// - Returns: the inspector, which stays until it is killed or continued.
    func catchInspector(besides caught: pid_t? = nil) async throws -> pid_t {
        try await untilSeen {
            self.inspectors.first { $0 != caught && kill($0, SIGSTOP) == 0 && !ProcessTree.isGone($0) }
        }
    }

    fileprivate func removeHeld() {
        for server in held.withLock({ $0 }) { kill(-server, SIGKILL) }
    }
}

extension Product {
    /// Runs a worker beside `body` and ends it in order afterwards, unless `body` has killed it.
    /// - Parameters:
    ///   - variables: on top of what every command of the tests gets.
    ///   - offset: how wrong the worker's time of day is, as Debian's `faketime` writes it. What it measures distances with is right.
    ///   - machine: where it runs; otherwise on this one.
    ///   - prefix: a command that does something to its own process and then becomes the worker.
    /// - Returns: how it ended.
    @discardableResult
    func withWorker(
        slots: Int = 1, variables: [Environment.Key: String] = [:], clockOffBy offset: String? = nil,
        on machine: MachineNetwork.Machine? = nil, by prefix: [String] = [],
        _ body: @escaping (WorkerProcess) async throws -> Void
    ) async throws -> TerminationStatus {
        let path = data.appending("worker-\(UUID().uuidString).log")
        let log = try FileDescriptor.open(path, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        defer { try? log.close() }
        let disguise = offset.map { ["/usr/bin/faketime", "-f", "--exclude-monotonic", $0] } ?? []
        let command = try (machine?.prefix ?? []) + prefix + disguise + [Self.program.string] + arguments(["work", "--slots", "\(slots)"])
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(self.variables.merging(variables) { $1 }), input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: false), error: .fileDescriptor(log, closeAfterSpawningProcess: false)
        ) { execution in
            var process = execution.processIdentifier.value
            // `faketime` starts it as its child.
            if offset != nil { process = try await ProcessTree.firstChild(of: process) }
            let worker = WorkerProcess(process: process, log: path)
            do {
                try await body(worker)
            } catch {
                worker.send(SIGKILL)
                worker.removeHeld()
                throw error
            }
            worker.resumeInspections()
            worker.send(SIGTERM)
            worker.send(SIGCONT)
            return worker
        }
        result.closureResult.removeHeld()
        return result.terminationStatus
    }

    /// Runs several workers, all of them at the same time.
    func withWorkers(_ count: Int, slots: Int = 1, _ body: @escaping ([WorkerProcess]) async throws -> Void) async throws {
        guard count > 0 else { return try await body([]) }
        try await withWorker(slots: slots) { worker in
            try await withWorkers(count - 1, slots: slots) { others in try await body([worker] + others) }
        }
    }
}
