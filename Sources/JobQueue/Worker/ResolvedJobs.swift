import Synchronization

/// How jobs ended, on the way from their handlers to the database.
///
/// Handlers put in what they have; one reader takes everything that has come together since it last looked. So results are
/// written in batches that grow by themselves when the database is the slower of the two, and nothing waits for a batch to fill.
final class ResolvedJobs: Sendable {
    struct Element: Sendable {
        var claim: JobClaim
        var resolution: JobResolution
    }

    private let waiting = Mutex<[Element]>([])
    private let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    func put(_ claim: JobClaim, _ resolution: JobResolution) {
        waiting.withLock { $0.append(Element(claim: claim, resolution: resolution)) }
        signal.yield()
    }

    /// No more will come: the reader ends when it has taken what is there.
    func finish() { signal.finish() }

    /// Calls `body` with all that has come together, at most `most` at a time, until ``finish()``.
    func forEachBatch(most: Int, _ body: ([Element]) async -> Void) async {
        for await _ in signals {
            while case let batch = take(most), !batch.isEmpty { await body(batch) }
        }
    }

    private func take(_ most: Int) -> [Element] {
        waiting.withLock { waiting in
            defer { waiting.removeFirst(min(most, waiting.count)) }
            return Array(waiting.prefix(most))
        }
    }
}
