import Synchronization

/// The resolutions of jobs, on their way from the handlers to the database.
///
/// Handlers add resolutions; one reader takes all that were added since it last looked. So results are written in batches, which grow when
/// the database is slow, and no result waits for a batch to fill.
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

    /// Says that no more will come. The reader ends when it has taken those that are there.
    func finish() { signal.finish() }

    /// Calls `body` with all resolutions that were added, at most `most` at a time, until ``finish()``.
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
