import ArgumentParser

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole product on this machine.",
        discussion: """
            Without a configured database it starts a private PostgreSQL in the data folder, on a Unix socket and no network port. \
            Then it brings the schema up to date and runs a worker until Ctrl-C or SIGTERM. It may be killed at any moment and \
            started again: nothing that was accepted is lost.

            With --once it ends as soon as nothing waits any more.
            """)

    @Flag(help: "End as soon as no job is waiting, running or scheduled.")
    var once = false

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        // A service logs what it does; a single pass shows its progress.
        let application = Application(settings: try await options.settings(worker.flags), isService: !once)
        try await application.withDatabase { database in
            _ = try await application.migrate(database)
            if !once { Terminal.err(Self.greeting(application.settings)) }
            try await application.runWorker(on: database, untilIdle: once)
        }
    }

    private static func greeting(_ settings: Settings) -> String {
        let database =
            settings.database.value == .privateServer
            ? "a private PostgreSQL in \(settings.data.value)/postgres" : "PostgreSQL as configured"
        return """
            Dailies is up, with \(database) and recordings in \(settings.storage.value).
            Bring answers in with `dailies import`, see them with `dailies answers`. Ctrl-C stops it in order.

            """
    }
}
