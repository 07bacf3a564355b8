import ArgumentParser
import FoundationEssentials
import Glibc
import SystemPackage

/// The flags that every command understands.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder for everything Dailies keeps. (env: DAILIES_DATA)", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "PostgreSQL to use, as libpq writes it; a password belongs in DATABASE_URL, because flags are seen in the list of processes. Without one, a private server in the data folder. (env: DATABASE_URL, PG…)",
            valueName: "connection"))
    var database: String?

    @Option(
        help: ArgumentHelp(
            "Folder of recordings and artifacts, or s3://BUCKET/PREFIX; <data>/storage by default. (env: DAILIES_STORAGE)",
            valueName: "place"))
    var storage: String?

    @Option(help: ArgumentHelp("Settings file; /etc/dailies/dailies.yaml by default, if it exists.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical. (env: DAILIES_LOG_LEVEL)", valueName: "level"))
    var logLevel: String?

    /// The effective settings of this process.
    /// - Parameter more: flags of the command itself, by the setting's name.
    func settings(_ more: [String: String?] = [:]) async throws -> Settings {
        let flags = more.merging(["data": data, "database": database, "storage": storage, "log-level": logLevel]) { $1 }
        let environment = ProcessInfo.processInfo.environment
        let reader = try await SettingsReader(
            flags: flags.compactMapValues { $0 }, environment: environment,
            file: try config.map { try SettingsReader.path($0, "config", .flag("--config")) })
        return try Settings(
            reader: reader, environment: environment, isRoot: geteuid() == 0, cores: ProcessInfo.processInfo.activeProcessorCount)
    }
}
