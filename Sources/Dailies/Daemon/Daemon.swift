import ArgumentParser

/// A command that runs until it is told to stop. Stopping is how it is meant to end, so Ctrl-C and SIGTERM end it with 0, also while it still starts.
protocol Daemon: AsyncParsableCommand {}
