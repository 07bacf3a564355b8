import Synchronization

/// A metric that only grows, one number for each combination of its labels' values.
public final class Counter: Sendable {
    public let name: String
    public let help: String
    private let labels: [String]
    private let totals: Mutex<[[String]: Double]>

    /// - Parameters:
    ///   - known: combinations that are shown as 0 before they happen, so that the first event shows as an increase.
    public init(_ name: String, help: String, labels: [String] = [], known: [[String]] = []) {
        self.name = name
        self.help = help
        self.labels = labels
        let first = labels.isEmpty ? [[]] : known
        totals = Mutex(Dictionary(uniqueKeysWithValues: first.map { ($0, 0) }))
    }

    /// - Parameter values: the labels' values, in the order of the labels.
    public func add(_ amount: Double = 1, _ values: String...) {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        totals.withLock { $0[values, default: 0] += amount }
    }

    public var family: MetricFamily {
        let totals = totals.withLock { $0 }
        return MetricFamily(
            name, help: help, kind: .counter,
            samples: totals.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { values, total in
                MetricFamily.Sample(total, labels: Array(zip(labels, values)).map { (name: $0, value: $1) })
            })
    }
}
