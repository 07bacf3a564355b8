import ArgumentParser

/// The flags of commands that work on jobs.
struct WorkerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Recordings to look into at the same time; the number of cores by default. (env: DAILIES_SLOTS)"))
    var slots: Int?

    @Option(help: ArgumentHelp("Seconds that running jobs get at shutdown. (env: DAILIES_GRACE_SECONDS)", valueName: "seconds"))
    var graceSeconds: Int?

    @Option(
        help: ArgumentHelp(
            "The same database without a pooler in between, to be told of new jobs there. (env: DAILIES_LISTEN_DATABASE)",
            valueName: "connection"))
    var listenDatabase: String?

    @Option(
        help: ArgumentHelp(
            "Milliseconds between polls for new jobs, used when notifications do not arrive; 1000 by default. (env: DAILIES_POLL_MS)",
            valueName: "milliseconds"))
    var pollMs: Int?

    @Option(
        help: ArgumentHelp(
            "Days for which the stories of ended jobs are kept; 90 by default. (env: DAILIES_HISTORY_DAYS)", valueName: "days"))
    var historyDays: Int?

    @Option(
        help: ArgumentHelp(
            "Days for which news for other programs stays in the outbox; 30 by default. (env: DAILIES_OUTBOX_DAYS)", valueName: "days"))
    var outboxDays: Int?

    @Option(
        help: ArgumentHelp(
            "Minutes for which a recording is waited for whose file is not there or not whole; a day by default. (env: DAILIES_FILE_WAIT_MINUTES)",
            valueName: "minutes"))
    var fileWaitMinutes: Int?

    @Option(
        help: ArgumentHelp(
            "required or off. Off opens untrusted files without Landlock and seccomp: only where the kernel lacks them. (env: DAILIES_SANDBOX)"
        ))
    var sandbox: String?

    @Option(
        help: ArgumentHelp(
            "Where to serve /livez, /readyz and /metrics, such as 127.0.0.1:9464; nowhere by default. (env: DAILIES_HEALTH)",
            valueName: "host:port"))
    var health: String?

    @Option(
        help: ArgumentHelp(
            "Free space in storage below which nothing is claimed; 1024 by default. (env: DAILIES_MIN_FREE_MIB)", valueName: "mebibytes"))
    var minFreeMib: Int?

    var flags: [String: String?] {
        [
            "slots": slots.map(String.init), "grace-seconds": graceSeconds.map(String.init), "listen-database": listenDatabase,
            "poll-ms": pollMs.map(String.init), "history-days": historyDays.map(String.init),
            "outbox-days": outboxDays.map(String.init), "file-wait-minutes": fileWaitMinutes.map(String.init), "sandbox": sandbox,
            "health": health, "min-free-mib": minFreeMib.map(String.init),
        ]
    }
}
