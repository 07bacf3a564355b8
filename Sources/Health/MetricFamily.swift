internal import ForeignText
internal import FoundationEssentials

/// All values of one metric, as Prometheus reads them: the name, the meaning, and the values by label.
public struct MetricFamily: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// One line of the text format.
    public struct Sample: Sendable {
        /// What follows the family's name: `_bucket`, `_sum` or `_count` in a histogram, otherwise nothing.
        var suffix: String
        var labels: [(name: String, value: String)]
        var value: Double

        /// - Parameter labels: in the order in which they are written.
        public init(_ value: Double, labels: [(name: String, value: String)] = []) {
            self.init(suffix: "", labels: labels, value: value)
        }

        init(suffix: String, labels: [(name: String, value: String)], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    public var name: String
    /// One sentence for people.
    public var help: String
    public var kind: Kind
    public var samples: [Sample]

    public init(_ name: String, help: String, kind: Kind = .gauge, samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}

extension MetricFamily {
    /// The text format, version 0.0.4.
    public var text: String {
        var text = "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }.joined(separator: ",")
            text += "\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))\n"
        }
        return text
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = text.with("\\\\", for: "\\").with("\\n", for: "\n")
        if quotes { escaped = escaped.with("\\\"", for: "\"") }
        return escaped
    }

    static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}
