import Foundation
import LocalPostgres
import Subprocess
import SystemPackage

/// The private PostgreSQL server of this test process, started when the first test asks for it.
actor TestServer {
    static let shared = TestServer()

    private let folder = FilePath("/tmp/dailies-test-\(getpid())-\(UUID().uuidString.prefix(8).lowercased())")
    private var start: Task<String, any Error>?
    /// Kept, because a server that nobody holds any more is free to be stopped.
    private var server: LocalPostgres?

    /// A connection string of the running server. Cancelling one test does not take the server from the others.
    func conninfo() async throws -> String {
        if let start { return try await start.value }
        let server = LocalPostgres(
            configuration: .init(folder: folder, maxConnections: 400, settings: ["log_min_messages": "error"], durability: .none))
        self.server = server
        let task = Task {
            let conninfo = try await server.start()
            Self.leaveJanitor(for: folder)
            // Accounts belong to a server: made once, so that no two tests make them at the same moment.
            try await DatabaseAccount.makeAll(on: conninfo)
            return conninfo
        }
        start = task
        return try await task.value
    }

    /// A process of its own waits until this one has gone, in whatever way, then stops the server and removes its folder.
    /// It waits for the lock that every user of a server holds, which the kernel releases even after `kill -9`.
    /// Servers and folders of other tests that were killed go when they are an hour old.
    private static func leaveJanitor(for folder: FilePath) {
        var options = PlatformOptions()
        options.createSession = true
        Task.detached { [options] in
            try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", janitor, "janitor", folder.string], platformOptions: options,
                input: .none, output: .discarded, error: .discarded)
        }
    }

    private static let janitor = """
        clean() {
            server=$(head -n 1 "$1/data/postmaster.pid") && [ "/proc/$server/cwd" -ef "$1/data" ] && kill -QUIT "$server" || server=none
            tries=100
            while kill -0 "$server" 2>/dev/null && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done
            rm -rf "$1"
        }
        find /tmp/dailies-test-* -name server.lock -mmin +60 | while read -r lock; do
            flock -n "$lock" true && clean "${lock%/*}"
        done
        find /tmp -maxdepth 1 -name 'dailies-test-folder-*' -mmin +60 -exec rm -rf {} +
        flock "$1/server.lock" true && clean "$1"
        """
}
