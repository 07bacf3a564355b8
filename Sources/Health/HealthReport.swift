import Synchronization

/// What a ``HealthServer`` tells. It can be replaced while the server runs: a process that still waits for something answers from its first
/// second, and says what it waits for.
public final class HealthReport: Sendable {
    struct Content: Sendable {
        var readiness: Readiness
        var metrics: @Sendable () async -> [MetricFamily]
    }

    private let state: Mutex<Content>

    /// - Parameter metrics: called at each scrape.
    public init(_ readiness: Readiness, metrics: @escaping @Sendable () async -> [MetricFamily]) {
        state = Mutex(Content(readiness: readiness, metrics: metrics))
    }

    /// From now on the server tells this.
    public func turn(to readiness: Readiness, metrics: @escaping @Sendable () async -> [MetricFamily]) {
        state.withLock { $0 = Content(readiness: readiness, metrics: metrics) }
    }

    var content: Content { state.withLock { $0 } }
}
