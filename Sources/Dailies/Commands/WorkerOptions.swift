import ArgumentParser

/// The flags of commands that work on jobs.
struct WorkerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Recordings to look into at the same time; the number of cores by default. (env: DAILIES_SLOTS)"))
    var slots: Int?

    @Option(help: ArgumentHelp("Seconds that running jobs get at shutdown. (env: DAILIES_GRACE_SECONDS)", valueName: "seconds"))
    var graceSeconds: Int?

    @Option(
        help: ArgumentHelp(
            "required or off. Off opens untrusted files without Landlock and seccomp: only where the kernel lacks them. (env: DAILIES_SANDBOX)"
        ))
    var sandbox: String?

    var flags: [String: String?] {
        ["slots": slots.map(String.init), "grace-seconds": graceSeconds.map(String.init), "sandbox": sandbox]
    }
}
