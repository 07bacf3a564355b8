import ArgumentParser

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
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var synchronous = command
                try synchronous.run()
            }
        } catch {
            // `dailies help COMMAND` ends with an error too.
            guard exitCode(for: error) != .success, let failure = Failure(error) else { end(with: error) }
            Terminal.err("dailies: \(failure.message)\n")
            exit(withError: failure.exitCode)
        }
        if Terminal.hasFailed { exit(withError: ExitCode.ioError) }
    }

    /// Ends with what ArgumentParser itself has to say. Help and versions are results.
    private static func end(with error: any Error) -> Never {
        guard exitCode(for: error) == .success else { exit(withError: Terminal.hasFailed ? ExitCode.ioError : error) }
        let message = fullMessage(for: error)
        if !message.isEmpty { Terminal.out(message + "\n") }
        exit(withError: Terminal.hasFailed ? ExitCode.ioError : .success)
    }
}
