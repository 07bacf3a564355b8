import ArgumentParser
import FoundationEssentials
import Storage
import SystemPackage

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check settings, database, storage and sandbox, and say what to do about what is wrong.",
        discussion: """
            Prints each effective setting and where it came from, then what was checked. The exit code is 0 when nothing is wrong and \
            78 otherwise.
            """)

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var site: SiteOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings(worker.flags.merging(site.flags) { $1 })
        Terminal.out(Self.table(settings).rendered() + "\n")
        let findings = await Examination(application: Application(settings: settings)).findings()
        for finding in findings { Terminal.out(finding.rendered()) }
        if findings.contains(where: \.isProblem) { throw ExitCode.configuration }
    }

    static func table(_ settings: Settings) -> Table {
        var table = Table(header: ["setting", "value", "from"])
        func add(_ name: String, _ value: String, _ source: SettingSource) { table.add([name, value, source.description]) }
        add("data", settings.data.value.string, settings.data.source)
        let database =
            switch settings.database.value {
            case .privateServer: "the private server in the data folder"
            // May hold a password, so it is not repeated here.
            case .server: "PostgreSQL as configured"
            }
        add("database", database, settings.database.source)
        if let listening = settings.listenDatabase { add("listen-database", "PostgreSQL as configured", listening.source) }
        add("storage", settings.storage.value.description, settings.storage.source)
        if case .bucket(let bucket) = settings.storage.value {
            add("s3-endpoint", bucket.endpoint.value.description, bucket.endpoint.source)
            add("s3-region", bucket.region.value, bucket.region.source)
            add("s3-addressing", bucket.addressing.value.rawValue, bucket.addressing.source)
            add("s3-media", bucket.media.value.rawValue, bucket.media.source)
            // Prints where the credentials come from, never the credentials.
            let credentials = bucket.configuration.credentials
            add("s3 credentials", credentials.description, credentials.variable.map(SettingSource.environment) ?? .standard)
            add("spool", bucket.spool.value.string, bucket.spool.source)
            add("spool-mib", "\(bucket.spoolMiB.value)", bucket.spoolMiB.source)
        }
        add("slots", "\(settings.slots.value)", settings.slots.source)
        add("grace-seconds", "\(settings.graceSeconds.value)", settings.graceSeconds.source)
        add("poll-ms", "\(settings.pollMs.value)", settings.pollMs.source)
        add("history-days", "\(settings.historyDays.value)", settings.historyDays.source)
        add("outbox-days", "\(settings.outboxDays.value)", settings.outboxDays.source)
        add("file-wait-minutes", "\(settings.fileWaitMinutes.value)", settings.fileWaitMinutes.source)
        add("sandbox", settings.sandbox.value.rawValue, settings.sandbox.source)
        if let health = settings.health { add("health", "\(health.value.host):\(health.value.port)", health.source) }
        add("min-free-mib", "\(settings.minFreeMiB.value)", settings.minFreeMiB.source)
        add("inspector", settings.inspector?.value.string ?? "beside this program", settings.inspector?.source ?? .standard)
        add("listen", settings.site.listen.value, settings.site.listen.source)
        if let setting = settings.site.publicURL { add("public-url", setting.value, setting.source) }
        let proxies = settings.site.trustedProxies
        add("trusted-proxies", proxies?.value ?? "those of this machine, for addresses only", proxies?.source ?? .standard)
        if let setting = settings.site.emailHeader { add("email-header", setting.value, setting.source) }
        add("session-hours", "\(settings.site.sessionHours.value)", settings.site.sessionHours.source)
        for limit in settings.limitSettings { add(limit.name, "\(limit.setting.value)", limit.setting.source) }
        add("log-level", settings.logLevel.value.rawValue, settings.logLevel.source)
        return table
    }
}
