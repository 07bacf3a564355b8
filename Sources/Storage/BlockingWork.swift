import Dispatch

/// The only place where this module blocks threads. They are separate threads, never Swift's cooperative ones.
enum BlockingWork {
    private static let queue = DispatchQueue(label: "dailies.storage", attributes: .concurrent)

    /// Runs `body` on a thread that may wait for a disk. Once begun, it is not interrupted.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws(StorageError) -> Value) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(StorageError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// The same for work that cannot fail.
    static func run(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                body()
                continuation.resume()
            }
        }
    }
}
