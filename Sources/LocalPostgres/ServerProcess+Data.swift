import ForeignText
import Glibc
import Logging
import SystemPackage

extension ServerProcess {
    /// Makes the server's data in a folder beside the final one and renames it when it is whole and synced, so that a
    /// kill at any moment leaves either no data or good data.
    func ensureData() async throws(LocalPostgresError) {
        await sweepUnfinished()
        if try folder.dataVersion() != nil { return }
        logger.info("Making a new PostgreSQL data folder", metadata: ["folder": "\(folder.path)"])
        // A new name each time, because the initdb of a killed process may still be writing into the old folder.
        let name = "\(ServerFolder.unfinishedPrefix)\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 16))"
        let unfinished = folder.path.appending(name)
        do {
            _ = try Directory.make(unfinished, permissions: .ownerReadWriteExecute)
            if folder.account.differsFromProcess { try Directory.setOwner(of: unfinished, to: folder.account) }
            try await initialise(name)
            try Directory.publish(unfinished, as: folder.data)
        } catch let error as LocalPostgresError {
            await remove(unfinished)
            throw error
        } catch {
            await remove(unfinished)
            throw LocalPostgresError(.folderUnusable, "Cannot make the PostgreSQL data folder \(folder.data): \(error).")
        }
    }

    /// Only accounts that may enter the socket's folder reach the server. So the socket is trusted, and everything else is rejected.
    private func initialise(_ name: String) async throws(LocalPostgresError) {
        var arguments = ["-D", name, "-U", Self.user, "--auth-local=trust", "--auth-host=reject"]
        arguments += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
        if configuration.durability == .none { arguments.append("--no-sync") }
        let outcome = try await programs.run("initdb", arguments)
        guard outcome.isSuccess else {
            throw LocalPostgresError(.startFailed, "PostgreSQL's initdb failed in \(folder.path). It says:\n\(outcome.output)")
        }
    }

    /// Removes what the initdb of a killed process left.
    private func sweepUnfinished() async {
        let names = (try? Directory.entries(of: folder.path)) ?? []
        for name in names where name.begins(with: ServerFolder.unfinishedPrefix) {
            logger.info("Removing an unfinished PostgreSQL data folder", metadata: ["folder": "\(name)"])
            await remove(folder.path.appending(name))
        }
    }

    /// `rm` walks by descriptors, so that a link that is swapped in meanwhile is not followed. A failure leaves a folder
    /// that the next start sweeps.
    private func remove(_ unfinished: FilePath) async {
        let remover = ServerPrograms(
            folder: "/bin",
            account: ServerAccount(name: "", userID: geteuid(), groupID: getegid(), differsFromProcess: false),
            workingFolder: folder.path)
        // In another task, so that a cancelled start cleans up too.
        let outcome = await Task { try? await remover.run("rm", ["-rf", "--", unfinished.string]) }.value
        if outcome?.isSuccess != true {
            logger.warning("Cannot remove an unfinished PostgreSQL data folder", metadata: ["folder": "\(unfinished)"])
        }
    }

    /// Creates the database that the connection string names. If the process is killed between initdb and here, the next start does it.
    func ensureDatabase(at socket: FilePath) async throws(LocalPostgresError) {
        let access = ["-h", socket.string, "-p", "\(SocketFolder.port)", "-U", Self.user]
        let query = "SELECT 1 FROM pg_database WHERE datname = '\(Self.database)'"
        let found = try await programs.run("psql", access + ["-X", "-A", "-t", "-q", "-d", "postgres", "-c", query])
        if found.isSuccess, found.output.begins(with: "1") { return }
        let made = try await programs.run("createdb", access + [Self.database])
        guard made.isSuccess else {
            throw LocalPostgresError(
                .startFailed,
                "Cannot make the database '\(Self.database)' in \(folder.path). PostgreSQL says:\n\(found.output)\(made.output)")
        }
    }
}
