import Synchronization

/// Counts how many values fell below each of several bounds, separately for each value of its label.
public final class Histogram: Sendable {
    private struct Row {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    public let name: String
    public let help: String
    private let label: String
    private let bounds: [Double]
    private let rows: Mutex<[String: Row]>

    /// - Parameters:
    ///   - bounds: upper bounds in ascending order, inclusive. The infinite bound is added.
    ///   - known: label values that are shown before anything was observed.
    public init(_ name: String, help: String, bounds: [Double], label: String, known: [String] = []) {
        self.name = name
        self.help = help
        self.bounds = bounds
        self.label = label
        let empty = Row(counts: Array(repeating: 0, count: bounds.count))
        rows = Mutex(Dictionary(uniqueKeysWithValues: known.map { ($0, empty) }))
    }

    public func observe(_ value: Double, _ labelValue: String) {
        rows.withLock { rows in
            var row = rows[labelValue] ?? Row(counts: Array(repeating: 0, count: bounds.count))
            if let index = bounds.firstIndex(where: { value <= $0 }) { row.counts[index] += 1 }
            row.sum += value
            row.count += 1
            rows[labelValue] = row
        }
    }

    public var family: MetricFamily {
        let rows = rows.withLock { $0 }
        let samples = rows.sorted { $0.key < $1.key }.flatMap { value, row in
            let own = [(name: label, value: value)]
            var below = 0
            var samples: [MetricFamily.Sample] = []
            for (bound, count) in zip(bounds, row.counts) {
                below += count
                samples.append(.init(suffix: "_bucket", labels: own + [("le", MetricFamily.number(bound))], value: Double(below)))
            }
            samples.append(.init(suffix: "_bucket", labels: own + [("le", "+Inf")], value: Double(row.count)))
            samples.append(.init(suffix: "_sum", labels: own, value: row.sum))
            samples.append(.init(suffix: "_count", labels: own, value: Double(row.count)))
            return samples
        }
        return MetricFamily(name, help: help, kind: .histogram, samples: samples)
    }
}
