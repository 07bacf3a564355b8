/// Keeps reading below a rate, so that a storage has time for others.
actor ReadingPace {
    private let bytesPerSecond: Int64
    private var begin = ContinuousClock.now
    private var bytes: Int64 = 0

    init(bytesPerSecond: Int64) {
        self.bytesPerSecond = bytesPerSecond
    }

    /// Counts bytes that were read, and waits until more may be read.
    /// - Throws: `CancellationError`.
    func pass(_ count: Int) async throws {
        bytes += Int64(count)
        let lead = Self.lead(of: bytes, at: bytesPerSecond, after: ContinuousClock.now - begin)
        if lead > .zero { return try await Task.sleep(for: lead) }
        // What a slow storage left unused is not made up for later.
        if lead < .seconds(-1) { (begin, bytes) = (.now, 0) }
    }

    /// How much too early these bytes were read; negative when the rate allows more.
    static func lead(of bytes: Int64, at bytesPerSecond: Int64, after elapsed: Duration) -> Duration {
        .seconds(Double(bytes) / Double(bytesPerSecond)) - elapsed
    }
}
