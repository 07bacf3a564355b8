import ArgumentParser
import Migrations
import Postgres

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to date.",
        discussion: """
            Applies each migration that this release knows and the database lacks, each in a transaction of its own. However many \
            processes start it together, each migration is applied once. Running it again changes nothing.
            """)

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await options.settings())
        try await application.withDatabase { database in
            let applied = try await application.migrate(database)
            Terminal.out(applied.isEmpty ? "The schema is up to date.\n" : "Applied: \(applied.joined(separator: ", ")).\n")
        }
    }
}
