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

    /// Adopts the running server, or starts one. Creates the data if there is none.
    /// - Returns: The folder of the socket at which it answers.
    func ensureRunning() async throws(LocalPostgresError) -> FilePath {
        try await ensureData()
        let clock = ContinuousClock()
        var failingSince: ContinuousClock.Instant?
        while true {
            let socket = (isGone ? nil : Postmaster.named(in: folder.data)?.socketFolder) ?? socketFolder
            switch try await answer(at: socket) {
            case .ready:
                try await ensureDatabase(at: socket)
                return socket
            case .busy:
                failingSince = nil
            case .silent:
                try await disarmStaleFiles()
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

    /// Whether certainly no server runs on the data.
    var isGone: Bool {
        guard let named = Postmaster.named(in: folder.data) else { return true }
        return [.nobody, .stranger].contains(named.holder(on: folder.data))
    }

    /// Stops the server: it ends its sessions and writes everything committed to disk. A server that does not stop is killed as in a crash. A
    /// process that is not known to be the server is left alone. Runs to its end even in a cancelled task.
    func stop() async {
        // A task of its own, because cancellation of the caller's would end pg_ctl.
        await Task {
            for mode in ["fast", "immediate"] {
                guard let named = Postmaster.named(in: folder.data) else { return }
                switch named.holder(on: folder.data) {
                case .nobody, .stranger: return
                case .unknown: return logger.warning("PostgreSQL may be left running", metadata: ["reason": "\(doubt(about: named))"])
                case .server: break
                }
                // It believes the file, so it is asked only after that.
                let outcome = try? await programs.run("pg_ctl", ["stop", "-w", "-s", "-t", "60", "-m", mode, "-D", "data"])
                if outcome?.isSuccess == true {
                    await untilEnded(named)
                    return SocketFolder.discard(socketFolder, of: folder)
                }
                logger.warning(
                    "PostgreSQL did not stop",
                    metadata: ["mode": "\(mode)", "folder": "\(folder.path)", "output": "\(outcome?.output ?? "")"])
            }
        }.value
    }

    /// For pg_ctl a server has stopped once it has removed its file. The process ends a moment later, and who stops a server may count on it.
    private func untilEnded(_ server: Postmaster) async {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.ending
        while server.holder(on: folder.data) == .server, clock.now < deadline { try? await clock.sleep(for: .milliseconds(10)) }
    }

    /// What a server has left to do behind the removal of its file is to give back its memory.
    private static let ending = Duration.seconds(10)

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
}
