import ForeignText
import FoundationEssentials
import Logging
import Recordings
import SystemPackage

/// Every setting of the `dailies` command, with its effective value and the value's source.
struct Settings: Sendable {
    enum Database: Hashable, Sendable {
        /// A libpq connection string; empty when libpq's own `PG…` variables are used. It may hold a password, so it is never printed.
        case server(String)
        /// The private server in the data folder.
        case privateServer
    }

    enum Sandbox: String, CaseIterable, Sendable {
        case required, off
    }

    enum LogLevel: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical

        var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
    }

    /// The address on which a server of ours listens.
    struct Address: Hashable, Sendable {
        var host: String
        var port: Int
    }

    var data: Setting<FilePath>
    var database: Setting<Database>
    /// The server to LISTEN on for new jobs, if `database` is a pooler in transaction mode; `nil` to use `database`. May hold a password.
    var listenDatabase: Setting<String>?
    var storage: Setting<StoragePlace>
    var slots: Setting<Int>
    var graceSeconds: Setting<Int>
    var pollMs: Setting<Int>
    /// How long ended jobs are kept in the history. Answers and review records stay.
    var historyDays: Setting<Int>
    /// How long news for other programs stays in the outbox, whether they have read it or not.
    var outboxDays: Setting<Int>
    /// How long a recording's file is waited for, when its row came first.
    var fileWaitMinutes: Setting<Int>
    var sandbox: Setting<Sandbox>
    /// The address of health and metrics; `nil` to serve none.
    var health: Setting<Address>?
    /// With less free space than this in storage, workers claim nothing. A playback copy is about as large as its recording, and an hour of
    /// video needs up to a gigabyte.
    var minFreeMiB: Setting<Int>
    /// `nil` for the `dailies-inspector` beside this program.
    var inspector: Setting<FilePath>?
    var logLevel: Setting<LogLevel>
    var limits: InspectionLimits
    /// The settings that `limits` comes from, for `dailies doctor`.
    let limitSettings: [(name: String, setting: Setting<Int>)]
    var site: SiteSettings

    init(reader: SettingsReader, environment: [String: String], isRoot: Bool, cores: Int) throws(SettingsError) {
        let folder =
            try reader.path("data")
            ?? Setting(value: Self.standardFolder(environment: environment, isRoot: isRoot), source: .standard)
        data = folder
        database = try Self.database(reader: reader, environment: environment)
        listenDatabase = try reader.text("listen-database")
        slots = try reader.number("slots", in: 1...256, default: cores)
        graceSeconds = try reader.number("grace-seconds", in: 0...3600, default: 30)
        pollMs = try reader.number("poll-ms", in: 50...60_000, default: 1000)
        historyDays = try reader.number("history-days", in: 1...3650, default: 90)
        outboxDays = try reader.number("outbox-days", in: 1...3650, default: 30)
        fileWaitMinutes = try reader.number("file-wait-minutes", in: 0...525_600, default: 1440)
        sandbox = try reader.choice("sandbox", default: .required)
        health = try reader.address("health")
        minFreeMiB = try reader.number("min-free-mib", in: 0...1_048_576, default: 1024)
        inspector = try reader.path("inspector")
        logLevel = try reader.choice("log-level", default: .info)
        site = try SiteSettings(reader: reader)
        limits = InspectionLimits()
        let recordingMiB = try reader.number("limit-recording-mib", in: 1...1_048_576, default: Int(limits.recordingBytes >> 20))
        let durationSeconds = try reader.number("limit-duration-seconds", in: 1...86_400, default: limits.durationSeconds)
        let wallSeconds = try reader.number("limit-wall-seconds", in: 1...86_400, default: limits.wallSeconds)
        let cpuSeconds = try reader.number("limit-cpu-seconds", in: 1...86_400, default: limits.cpuSeconds)
        let memoryMiB = try reader.number("limit-memory-mib", in: 64...65_536, default: Int(limits.memoryBytes >> 20))
        limits.recordingBytes = Int64(recordingMiB.value) << 20
        limits.durationSeconds = durationSeconds.value
        limits.wallSeconds = wallSeconds.value
        limits.cpuSeconds = cpuSeconds.value
        limits.memoryBytes = Int64(memoryMiB.value) << 20
        limitSettings = [
            ("limit-recording-mib", recordingMiB), ("limit-duration-seconds", durationSeconds), ("limit-wall-seconds", wallSeconds),
            ("limit-cpu-seconds", cpuSeconds), ("limit-memory-mib", memoryMiB),
        ]
        storage = try StoragePlace.read(
            reader, environment: environment, data: folder.value, recordingBytes: limits.recordingBytes)
    }

    /// `--database`, `DAILIES_DATABASE` or the file; else `DATABASE_URL`; else libpq's own variables; else the private server.
    private static func database(reader: SettingsReader, environment: [String: String]) throws(SettingsError) -> Setting<Database> {
        if let text = try reader.text("database") {
            return Setting(value: .server(text.value), source: text.source)
        }
        if let url = environment["DATABASE_URL"], !url.isEmpty {
            return Setting(value: .server(url), source: .environment("DATABASE_URL"))
        }
        for name in ["PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE"] where environment[name]?.isEmpty == false {
            return Setting(value: .server(""), source: .environment(name))
        }
        return Setting(value: .privateServer, source: .standard)
    }

    private static func standardFolder(environment: [String: String], isRoot: Bool) -> FilePath {
        if isRoot { return "/var/lib/dailies" }
        if let folder = environment["XDG_DATA_HOME"], folder.begins(with: "/") { return FilePath(folder).appending("dailies") }
        return FilePath(environment["HOME"] ?? "/tmp").appending(".local/share/dailies")
    }
}
