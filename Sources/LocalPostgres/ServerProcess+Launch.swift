import ForeignText
import Glibc
import Logging
import SystemPackage

/// One attempt to start the server.
extension ServerProcess {
    private var log: FilePath { folder.log.appending("postgres.log") }

    struct Failure {
        let error: LocalPostgresError
        let mayPass: Bool
    }

    /// A server that was killed, or whose machine was, leaves its process id in two files: with its data, and beside its socket. When the number
    /// belongs to another process by now, PostgreSQL takes that for a server of its own and refuses to start. So the number is replaced by one
    /// that no process can have. The rest of the files stays, because by it the new server finds out whether sessions of the old one still use
    /// the data.
    func disarmStaleFiles() async throws(LocalPostgresError) {
        let socketLock = socketFolder.appending(".s.PGSQL.\(SocketFolder.port).lock")
        for file in [Postmaster.file(in: folder.data), socketLock] {
            guard let stale = TextFile.read(file).flatMap(Postmaster.init(pidFile:)), stale.holder(on: folder.data) == .stranger else {
                continue
            }
            logger.notice(
                "PostgreSQL's process id belongs to another process by now",
                metadata: ["process": "\(stale.processID)", "file": "\(file)"])
            // As the server's account, which owns the folders: it could have planted a link.
            let editor = ServerPrograms(folder: "/bin", account: folder.account, workingFolder: folder.path)
            let outcome = try await editor.run("sed", ["-i", "1s/.*/\(Int32.max)/", file.string])
            guard outcome.isSuccess else {
                throw LocalPostgresError(
                    .startFailed, "\(file) names the process of another program, and cannot be changed: \(outcome.output)",
                    remedy: "Remove that file.")
            }
        }
    }

    func doubt(about named: Postmaster) -> String {
        "\(Postmaster.file(in: folder.data)) names process \(named.processID), and it cannot be seen whether that is this folder's server"
    }

    /// One attempt. `nil` when the server answers, or is still recovering when `pg_ctl` stops waiting.
    func launch() async throws(LocalPostgresError) -> Failure? {
        rotateLog()
        let settings = configuration.serverSettings(socketFolder: socketFolder)
        let options = settings.sorted { $0.key < $1.key }.map { "-c \(Self.shellQuoted("\($0.key)=\($0.value)"))" }.joined(separator: " ")
        let before = (try? Stat(log))?.rawValue.st_size ?? 0
        let outcome = try await runToEnd(
            "pg_ctl", ["start", "-w", "-s", "-t", "600", "-D", "data", "-l", "log/postgres.log", "-o", options])
        if outcome.isSuccess { return nil }
        let written = max(0, ((try? Stat(log))?.rawValue.st_size ?? 0) - before)
        let lines = (TextFile.read(log, limit: min(Int(written), 4096)) ?? "") + outcome.output
        var remedy = "The whole log is \(log)."
        if let named = Postmaster.named(in: folder.data), named.holder(on: folder.data) == .unknown {
            remedy += " \(doubt(about: named)): `ls -l /proc/\(named.processID)/cwd` tells. If it is not, remove the file."
        }
        return Failure(
            error: LocalPostgresError(
                .startFailed, "PostgreSQL did not start in \(folder.path). It says:\n\(lines)", remedy: remedy),
            mayPass: Self.mayPass(lines))
    }

    /// Runs `pg_ctl start`. When the task is cancelled, pg_ctl is not ended, because the server that it has made would go on without it. The
    /// server is stopped as soon as it can be found, and pg_ctl ends with it.
    private func runToEnd(_ program: String, _ arguments: [String]) async throws(LocalPostgresError) -> ServerPrograms.Outcome {
        let (cancellations, cancellation) = AsyncStream<Void>.makeStream()
        let running = Task { () -> Result<ServerPrograms.Outcome, LocalPostgresError> in
            do throws(LocalPostgresError) { return .success(try await programs.run(program, arguments)) } catch { return .failure(error) }
        }
        let stopping = Task {
            for await _ in cancellations {
                while Postmaster.running(on: folder.data) == nil, (try? await Task.sleep(for: .milliseconds(20))) != nil {}
                return await stop()
            }
        }
        let result = await withTaskCancellationHandler {
            await running.value
        } onCancel: {
            cancellation.yield()
        }
        stopping.cancel()
        await stopping.value
        guard !Task.isCancelled else { throw LocalPostgresError(.cancelled, "Cancelled while PostgreSQL was starting.") }
        return try result.get()
    }

    /// Errors that a killed server causes for a moment: backends that still use its memory, or a process that is still ending.
    static func mayPass(_ log: String) -> Bool {
        [
            "pre-existing shared memory block", "postmaster.pid\" already exists", ".lock\" already exists",
            "another server might be running",
        ]
        .contains { log.holds($0) }
    }

    /// Quotes text as one word for the shell to which `pg_ctl` passes the options.
    static func shellQuoted(_ text: String) -> String {
        "'" + text.with(#"'\''"#, for: "'") + "'"
    }

    /// The server appends to its log. Two files of this size are enough to see what went wrong.
    private func rotateLog() {
        guard let stat = try? Stat(log, flags: .symlinkNoFollow), stat.rawValue.st_size > 10 << 20 else { return }
        try? Directory.publish(log, as: folder.log.appending("postgres.log.1"))
    }
}
