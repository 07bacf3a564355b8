import Foundation
import Glibc
public import Postgres
import Synchronization

// The one place of the tests that may sleep: of what happens in other processes no event tells.

/// Looks again and again until it is so, at a distance that takes no processor from what is waited for.
/// - Throws: `WaitedInVain` once the test's time limit is over; otherwise what looking throws.
public func until(fileID: String = #fileID, line: Int = #line, _ isSo: () async throws -> Bool) async throws {
    do {
        while try await !isSo() { try await Task.sleep(for: .milliseconds(10)) }
    } catch {
        throw Task.isCancelled ? WaitedInVain(fileID: fileID, line: line, lookedAt: error) : error
    }
}

/// Asks the database again and again until the answer is true.
public func until(
    _ query: PostgresQuery, on connection: PostgresConnection, fileID: String = #fileID, line: Int = #line
) async throws {
    try await until(fileID: fileID, line: line) { try await connection.query(query).one().decode(at: 0) }
}

/// Looks again and again for what may be over before a crowded pool comes to the next look: from a thread of its own.
/// - Throws: `WaitedInVain` once the test's time limit is over.
public func untilSeen<Value: Sendable>(
    fileID: String = #fileID, line: Int = #line, _ look: @escaping @Sendable () -> Value?
) async throws -> Value {
    let isOver = Mutex(false)
    let seen = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var seen = look()
                while seen == nil, !isOver.withLock({ $0 }) {
                    usleep(1000)
                    seen = look()
                }
                continuation.resume(returning: seen)
            }
        }
    } onCancel: {
        isOver.withLock { $0 = true }
    }
    guard let seen else { throw WaitedInVain(fileID: fileID, line: line, lookedAt: CancellationError()) }
    return seen
}

/// Where a test still waited when its time limit was over: the limit's own issue does not say it.
public struct WaitedInVain: Error, CustomStringConvertible {
    let fileID: String
    let line: Int
    let lookedAt: any Error

    public var description: String { "waited in vain at \(fileID):\(line) (\(lookedAt))" }
}
