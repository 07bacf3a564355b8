import ArgumentParser

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a worker: claim recordings, look inside, write review records.",
        discussion: """
            For real deployments with a PostgreSQL of their own; `dailies migrate` has to come first. Any number of workers may run, on \
            any number of machines that see the same storage.

            SIGTERM or Ctrl-C stops it in order: nothing new is claimed, running jobs get the grace time, and what is not finished then \
            goes back to the queue.
            """)

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await options.settings(worker.flags), isService: true)
        try await application.withDatabase { database in
            try await application.runWorker(on: database)
        }
    }
}
