import Glibc
import Logging
import SystemPackage

/// Creates the data, and starts and stops the server's process. Everything here happens under the folder's start lock, so that no two
/// processes do it at the same time.
struct ServerProcess: Sendable {
    static let user = "dailies"
    static let database = "dailies"

    let configuration: LocalPostgres.Configuration
    let folder: ServerFolder
    let programs: ServerPrograms
    /// Where a server that we start puts its socket.
    let socketFolder: FilePath
    let logger: Logger

    private var log: FilePath { folder.log.appending("postgres.log") }

    /// Adopts the running server, or starts one. Creates the data if there is none.
    /// - Returns: The folder of the socket at which it answers.
    func ensureRunning() async throws(LocalPostgresError) -> FilePath {
        try await ensureData()
        let clock = ContinuousClock()
        var failingSince: ContinuousClock.Instant?
        while true {
            let socket = Postmaster.running(on: folder.data)?.socketFolder ?? socketFolder
            switch try await answer(at: socket) {
            case .ready:
                try await ensureDatabase(at: socket)
                return socket
            case .busy:
                failingSince = nil
            case .silent:
                guard let failure = try await launch() else { continue }
                let since = failingSince ?? clock.now
                failingSince = since
                guard failure.mayPass, clock.now - since < configuration.startTimeout else { throw failure.error }
                logger.debug("PostgreSQL does not start yet", metadata: ["reason": "\(failure.error.message)"])
            }
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw LocalPostgresError(.cancelled, "Cancelled while PostgreSQL was starting.")
            }
        }
    }

    /// Stops the server: it ends its sessions and writes everything committed to disk. A server that does not stop is killed as in a crash.
    func stop() async {
        for mode in ["fast", "immediate"] where Postmaster.running(on: folder.data) != nil {
            let outcome = try? await programs.run("pg_ctl", ["stop", "-w", "-s", "-t", "60", "-m", mode, "-D", "data"])
            if outcome?.isSuccess == true {
                SocketFolder.discard(socketFolder, of: folder)
                return
            }
            logger.warning(
                "PostgreSQL did not stop", metadata: ["mode": "\(mode)", "folder": "\(folder.path)", "output": "\(outcome?.output ?? "")"])
        }
    }

    private enum Answer {
        case ready, busy, silent
    }

    private func answer(at socket: FilePath) async throws(LocalPostgresError) -> Answer {
        let arguments = ["-q", "-t", "3", "-h", socket.string, "-p", "\(SocketFolder.port)", "-U", Self.user, "-d", "postgres"]
        switch try await programs.run("pg_isready", arguments).exitCode {
        case 0: return .ready
        case 1: return .busy
        default: return .silent
        }
    }

    private struct Failure {
        let error: LocalPostgresError
        let mayPass: Bool
    }

    /// One attempt. `nil` when the server answers, or is still recovering when `pg_ctl` stops waiting.
    private func launch() async throws(LocalPostgresError) -> Failure? {
        rotateLog()
        let settings = configuration.serverSettings(socketFolder: socketFolder)
        let options = settings.sorted { $0.key < $1.key }.map { "-c \(Self.shellQuoted("\($0.key)=\($0.value)"))" }.joined(separator: " ")
        let before = (try? Stat(log))?.rawValue.st_size ?? 0
        let outcome = try await programs.run(
            "pg_ctl", ["start", "-w", "-s", "-t", "600", "-D", "data", "-l", "log/postgres.log", "-o", options])
        if outcome.isSuccess { return nil }
        let written = max(0, ((try? Stat(log))?.rawValue.st_size ?? 0) - before)
        let lines = (TextFile.read(log, limit: min(Int(written), 4096)) ?? "") + outcome.output
        return Failure(
            error: LocalPostgresError(
                .startFailed, "PostgreSQL did not start in \(folder.path). It says:\n\(lines)",
                remedy: "The whole log is \(log)."),
            mayPass: Self.mayPass(lines))
    }

    /// Errors that a killed server causes for a moment: backends that still use its memory, or a process that is still ending.
    static func mayPass(_ log: String) -> Bool {
        ["pre-existing shared memory block", "lock file \"postmaster.pid\" already exists", "another server might be running"]
            .contains { log.contains($0) }
    }

    /// Quotes text as one word for the shell to which `pg_ctl` passes the options.
    static func shellQuoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// The server appends to its log. Two files of this size are enough to see what went wrong.
    private func rotateLog() {
        guard let stat = try? Stat(log, flags: .symlinkNoFollow), stat.rawValue.st_size > 10 << 20 else { return }
        try? Directory.publish(log, as: folder.log.appending("postgres.log.1"))
    }
}
