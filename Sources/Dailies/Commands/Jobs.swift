import ArgumentParser

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the queue's jobs, and stop them or put them back.",
        discussion: """
            Every response has a job that looks inside its recording, and one more where browsers cannot play it as it is, which encodes \
            it anew. A job is available, running, or scheduled for later while it \
            lives; then it was completed, discarded (it will never be done), or cancelled (no longer wanted).

              dailies jobs list --state discarded      the discarded jobs, and why
              dailies jobs show 42                     one job's whole story
              dailies jobs retry 42                    put it back, after the cause is mended
              dailies jobs retry --all --reason "…"    retry everything that was discarded for one reason
              dailies jobs cancel 42                   stop it, also while it runs
            """,
        subcommands: [List.self, Show.self, Retry.self, Discard.self, Cancel.self])
}
