import ArgumentParser
import ReviewSite

struct Up: Daemon {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole product on this machine.",
        discussion: """
            Without a configured database it starts a private PostgreSQL in the data folder, on a Unix socket and no network port. \
            Then it brings the schema up to date and runs a worker and the review site until Ctrl-C or SIGTERM. It may be killed at \
            any moment and started again: nothing that was accepted is lost.

            The line on standard output is the address to open. As long as no admin has a password, it signs the first one in, once.

            With --once there is no site, and it ends as soon as nothing waits any more but for files that have not arrived.
            """)

    @Flag(help: "End as soon as no job is left, except those whose recording has not arrived.")
    var once = false

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var site: SiteOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        // A service logs what it does; a single pass shows its progress.
        let application = Application(settings: try await settings(), isService: !once)
        try await application.withDatabase { database in
            _ = try await application.migrate(database)
            guard !once else { return try await application.runWorker(on: database, untilIdle: true, reload: settings) }
            let effective = application.settings
            try await application.withSite(on: database) { address, accounts in
                Terminal.err(Self.greeting(effective))
                let token = try? await accounts.firstSignIn()
                Terminal.out("\(address)\(token.map { "/sign-in/\($0.text)" } ?? "/")\n")
            } body: { site in
                try await application.runWorker(on: database, beside: [site], reload: settings)
            }
        }
    }

    private func settings() async throws -> Settings { try await options.settings(worker.flags.merging(site.flags) { $1 }) }

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
