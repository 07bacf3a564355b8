import ArgumentParser
import Postgres

struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "Say which storage the database belongs to, and verify what is in it.",
        subcommands: [Adopt.self, Verify.self])

    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the database belong to the storage that the settings name.",
            discussion: """
                A storage carries a marker, .dailies-storage, and the database knows its number. Workers claim nothing while they see another \
                storage, or one without the marker: then a disk is not mounted, or a setting is wrong.

                After a storage was moved or restored without its marker, this command makes the marker, or takes over the one that is \
                there. It looks first for some of the files that the database names, and refuses a storage that has none of them. The trail \
                keeps the former number.
                """)

        @Flag(help: "Even if the storage has none of the files that the database names.")
        var anyway = false

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let settings = try await options.settings()
            let application = Application(settings: settings)
            let anyway = anyway
            let (found, looked) = try await application.withPool { pool in
                try await application.withStorage { storage in
                    try await StorageOwnership(pool, storage, at: settings.storage.value).adopt(anyway: anyway)
                }
            }
            let files =
                looked == 0 ? "It names no file yet." : "Of \(looked) files that it names and that were looked for, \(found) are there."
            Terminal.out("The database belongs to the storage in \(settings.storage.value). \(files) Workers go on within a minute.\n")
        }
    }
}
