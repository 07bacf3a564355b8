import ForeignText
import Glibc
import Subprocess
import SystemPackage

/// PostgreSQL's programs: their folder, and a way to run one as the server's account.
struct ServerPrograms: Sendable {
    let folder: FilePath
    let account: ServerAccount
    /// The working directory. Paths inside it are passed relative to it, because `pg_ctl` passes paths to a shell.
    let workingFolder: FilePath

    struct Outcome: Sendable {
        /// `nil` when a signal ended the program.
        let exitCode: CInt?
        /// Both standard output and standard error.
        let output: String

        var isSuccess: Bool { exitCode == 0 }
    }

    /// Runs a program to its end. Cancelling the task ends it, with the programs that it has started, and returns behind the last of them.
    func run(_ program: String, _ arguments: [String]) async throws(LocalPostgresError) -> Outcome {
        var options = PlatformOptions()
        // In another session: Ctrl-C in the terminal must reach dailies only, which then stops the server.
        options.createSession = true
        // initdb removes what it has made.
        options.teardownSequence = [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(5))]
        let (executable, arguments) = asAccount(folder.appending(program), arguments)
        var group: pid_t?
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: Self.environment,
                workingDirectory: workingFolder, platformOptions: options, input: .none, output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            ) { group = $0.processIdentifier.value }
            let exitCode: CInt? = if case .exited(let code) = result.terminationStatus { code } else { nil }
            // Some programs end by themselves when they are told to.
            if exitCode != 0, Task.isCancelled { throw CancellationError() }
            return Outcome(exitCode: exitCode, output: result.standardOutput)
        } catch {
            if let group { await Self.untilEnded(group: group) }
            if Task.isCancelled { throw LocalPostgresError(.cancelled, "Cancelled while \(program) ran.") }
            throw LocalPostgresError(.startFailed, "Cannot run \(folder.appending(program)): \(error).")
        }
    }

    /// The programs that a program has started get its signal, and end after it.
    private static func untilEnded(group: pid_t) async {
        // In a task of its own, because a cancelled one does not sleep.
        await Task {
            let clock = ContinuousClock()
            let deadline = clock.now + ending
            while kill(-group, 0) == 0, clock.now < deadline { try? await clock.sleep(for: .milliseconds(10)) }
        }.value
    }

    /// They have nothing to put in order. Where no process collects dead orphans, those count as running for ever.
    private static let ending = Duration.seconds(5)

    /// `setpriv` (util-linux) changes the account in a process of its own. Subprocess would do it between its raw `clone3` and
    /// `execve`, where glibc's `setgroups` may wait for ever for a thread that the parent was just starting.
    private func asAccount(_ program: FilePath, _ arguments: [String]) -> (Executable, [String]) {
        guard account.differsFromProcess else { return (.path(program), arguments) }
        let change = ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--", program.string]
        return (.name("setpriv"), change + arguments)
    }

    /// Not this process's environment: `PG…` variables would redirect the tools, and messages must be in English to be recognised.
    private static let environment = Environment.custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"])
}

extension ServerPrograms {
    /// Finds the programs: those of the version that wrote the data, if there is data, else what `pg_config` names,
    /// else the newest that Debian's packages installed, else those on the `PATH`.
    static func find(for folder: ServerFolder, in given: FilePath?) async throws(LocalPostgresError) -> ServerPrograms {
        let version = try folder.dataVersion()
        let candidates = if let given { [given] } else { await candidates(version: version) }
        if let found = candidates.first(where: isComplete) {
            return ServerPrograms(folder: found, account: folder.account, workingFolder: folder.path)
        }
        let package = version.map { "postgresql-\($0)" } ?? "postgresql"
        throw LocalPostgresError(
            .programsMissing,
            version.map { "The data in \(folder.data) was written by PostgreSQL \($0), whose server is not installed." }
                ?? "No PostgreSQL server is installed on this machine.",
            remedy: "Install \(package) (apt-get install \(package)) or set DATABASE_URL to a server that you have.")
    }

    private static func candidates(version: String?) async -> [FilePath] {
        let debian = FilePath("/usr/lib/postgresql")
        if let version {
            // Another major version cannot read the data, but a single installation elsewhere may well be the right one.
            let exact = debian.appending(version).appending("bin")
            if isComplete(exact) { return [exact] }
        }
        let installed = ((try? Directory.entries(of: debian)) ?? []).compactMap(Int.init).sorted(by: >)
        let packaged = installed.map { debian.appending("\($0)").appending("bin") }
        return await configured() + (version == nil ? packaged : []) + onPath()
    }

    private static func configured() async -> [FilePath] {
        let result = try? await Subprocess.run(
            .name("pg_config"), arguments: ["--bindir"], output: .string(limit: 4096), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return [] }
        return result.standardOutput.lines.prefix(1).map { FilePath(String($0)) }
    }

    private static func onPath() -> [FilePath] {
        guard let path = getenv("PATH") else { return [] }
        return String(cString: path).parts(at: ":").map { FilePath(String($0)) }
    }

    private static func isComplete(_ folder: FilePath) -> Bool {
        ["initdb", "pg_ctl", "postgres", "pg_isready", "psql", "createdb"].allSatisfy { access(folder.appending($0).string, X_OK) == 0 }
    }
}
