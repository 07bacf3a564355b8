import Logging
import Subprocess
import SystemPackage
import TestSupport

@testable import LocalPostgres

/// What these tests do with a server over and over.
enum PrivateServer {
    /// A server on `folder` that forgets nothing within a test, but does not wait for the disk either.
    static func make(in folder: FilePath, log: RecordedLog? = nil) -> LocalPostgres {
        LocalPostgres(
            configuration: .init(folder: folder, durability: .none), logger: log?.logger ?? Logger(label: "test") { _ in RecordedLog() })
    }

    static func processID(in folder: FilePath) -> Int32? {
        Postmaster.running(on: folder.appending("data"))?.processID
    }

    /// `kill -9` as from a shell.
    static func kill(_ processID: Int32) async throws {
        let result = try await Subprocess.run(.name("kill"), arguments: ["-9", "\(processID)"], output: .discarded)
        guard result.terminationStatus.isSuccess else { throw NotKilled(processID: processID) }
    }

    struct NotKilled: Error {
        let processID: Int32
    }

    /// Makes the server outlive its owner, as `kill -9` of the owner does: the lock goes, nothing else happens.
    static func orphan(_ server: LocalPostgres) async {
        await server.abandon()
    }
}

extension LocalPostgres {
    fileprivate func abandon() {
        _ = membership.take()
    }
}
