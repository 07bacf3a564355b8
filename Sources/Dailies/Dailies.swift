import ArgumentParser
import Glibc

/// The command line of Dailies: parses arguments, runs commands, and turns errors into a sentence and a sysexits code.
@main
struct Dailies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dailies",
        abstract: "Makes recorded interview answers reviewable.",
        discussion: """
            Candidates answer each question of a role on video. Dailies looks inside every recording and writes a review record: \
            what it is, pictures to recognise it by, where there is sound, a copy that plays in a browser, and a plain warning \
            where something technical went wrong.

            First steps, with a private PostgreSQL in a folder of your own:

              dailies role load deploy/roles/deep-learning-engineer.yaml
              dailies import deploy/samples/answers.csv
              dailies up --once
              dailies answers

            Settings come from flags, then the environment (DAILIES_…, DATABASE_URL, PG…), then a file. \
            `dailies doctor` shows each one and what is wrong.
            """,
        version: Release.version,
        subcommands: [
            Up.self, Migrate.self, Work.self, Serve.self, Inspect.self, Role.self, ReviewerCommand.self, TokenCommand.self, Import.self,
            Answers.self, Reinspect.self, Status.self, Jobs.self, Queue.self, StorageCommand.self, Reconcile.self, Doctor.self,
        ])

    static func main() async {
        let command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            end(with: error)
        }
        let isDaemon = command is any Daemon
        // Only the task that runs it uses it from here on.
        nonisolated(unsafe) let parsed = command
        do {
            try await StopSignals.shared.run { try await run(parsed) }
        } catch {
            if let signal = StopSignals.shared.received { end(with: error, stoppedBy: signal, isDaemon: isDaemon) }
            // `dailies help COMMAND` ends with an error too.
            guard exitCode(for: error) != .success, let failure = Failure(error) else { end(with: error) }
            let message = MessageText.withoutSecrets(failure.message, words: CommandLine.arguments)
            LogWriter.standardError.say("dailies: \(message)\n")
            exit(withError: failure.exitCode)
        }
        if let code = Terminal.failure { exit(withError: code) }
    }

    private static func run(_ command: sending any ParsableCommand) async throws {
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            var synchronous = command
            try synchronous.run()
        }
    }

    /// Ends a command that was stopped before its end.
    private static func end(with error: any Error, stoppedBy signal: Int32, isDaemon: Bool) -> Never {
        let failure = Failure.isCancellation(error) ? nil : Failure(error)
        if let failure { LogWriter.standardError.say("dailies: \(failure.message)\n") }
        if isDaemon, signal != SIGHUP { exit(withError: failure?.exitCode ?? .success) }
        if failure == nil { LogWriter.standardError.say("dailies: Stopped by \(StopSignals.name(of: signal)).\n") }
        exit(withError: ExitCode(StopSignals.exitCode(of: signal)))
    }

    /// Ends with what ArgumentParser itself has to say. Help and versions are results.
    private static func end(with error: any Error) -> Never {
        guard exitCode(for: error) == .success else {
            if Terminal.failure == nil, case let message = fullMessage(for: error), !message.isEmpty {
                Terminal.err(MessageText.withoutSecrets(message, words: CommandLine.arguments) + "\n")
            }
            exit(withError: Terminal.failure ?? ExitCode(exitCode(for: error).rawValue))
        }
        let message = fullMessage(for: error)
        if !message.isEmpty { Terminal.out(message + "\n") }
        exit(withError: Terminal.failure ?? .success)
    }
}
