import ArgumentParser

struct Work: Daemon {
    static let configuration = CommandConfiguration(
        abstract: "Run a worker: claim recordings, look inside, write review records.",
        discussion: """
            For real deployments with a PostgreSQL of their own. Any number of workers may run, on any number of machines that see the \
            same storage. It waits until `dailies migrate` has brought the schema up to date; a schema that a newer release made is \
            fine. So in a rolling deploy migrate first, then replace the workers one by one: the work never stops.

            The database may be behind PgBouncer, also in transaction mode. Then new jobs are found by polling, unless \
            --listen-database names the server itself.

            SIGHUP reads the settings again and takes over log level and slots. \
            SIGTERM or Ctrl-C stops it in order: nothing new is claimed, running jobs get the grace time, and what is not finished then \
            goes back to the queue. A second one stops at once.
            """)

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await settings(), isService: true)
        try await application.withDatabase { database in
            try await application.runWorker(on: database, reload: settings)
        }
    }

    private func settings() async throws -> Settings { try await options.settings(worker.flags) }
}
