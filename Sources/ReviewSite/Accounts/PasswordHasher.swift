internal import Dispatch
internal import Synchronization

/// Hashes passwords one at a time on a separate thread. Each takes 32 MiB and a fifth of a second of CPU time, and other requests must not
/// wait for that.
final class PasswordHasher: Sendable {
    /// The most waiting hashes. With more, people would have to wait too long.
    private static let mostWaiting = 16

    struct Busy: Error {}

    private let queue = DispatchQueue(label: "dailies.passwords", qos: .utility)
    private let waiting = Mutex(0)
    private let decoy = PasswordHash(matchingNothing: ())

    /// Whether `stored` is the hash of this password. With `nil` it takes equally long and is false.
    func matches(_ password: String, stored: String?) async throws -> Bool {
        let hash = stored.flatMap { PasswordHash(stored: $0) }
        let compared = hash ?? decoy
        return try await run { try compared.matches(password) }
    }

    /// - Returns: the text that the database stores.
    func hash(_ password: String) async throws -> String {
        try await run { try PasswordHash(password: password).stored }
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isFull = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return true }
            waiting += 1
            return false
        }
        if isFull { throw Busy() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
