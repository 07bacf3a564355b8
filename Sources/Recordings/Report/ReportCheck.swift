/// The rules that the fields of a report share. See `Report.validated(limits:)`.
struct ReportCheck {
    /// JavaScript loses digits of larger numbers.
    static let anyTimeMs = 1 << 53
    /// Spans in one list. Four hours that change between sound and silence every two seconds give 7,200.
    static let spansAtMost = 50_000
    /// Streams need not end together, and timestamps are rounded: a time may lie this far beyond the duration.
    static let toleranceMs = 1_000

    let limits: InspectionLimits
    /// The answer's length, where it is known and meant.
    let durationMs: Int?

    var longestMs: Int { limits.durationSeconds * 1000 + Self.toleranceMs }

    func require(_ condition: Bool, _ field: String, _ problem: String) throws(ReportDefect) {
        guard condition else { throw ReportDefect(field: field, problem: problem) }
    }

    func number(_ value: Double?, _ field: String, in range: ClosedRange<Double>) throws(ReportDefect) {
        guard let value else { return }
        try require(value.isFinite && range.contains(value), field, "is out of range")
    }

    func count(_ value: Int?, _ field: String, in range: ClosedRange<Int>) throws(ReportDefect) {
        guard let value else { return }
        try require(range.contains(value), field, "is out of range")
    }

    func time(_ value: Int?, _ field: String, within mostMs: Int) throws(ReportDefect) {
        try count(value, field, in: 0...mostMs)
    }

    /// A time within the answer.
    func moment(_ value: Int?, _ field: String) throws(ReportDefect) {
        try time(value, field, within: durationMs.map { min($0, longestMs) + Self.toleranceMs } ?? Self.anyTimeMs)
    }

    func moments(from: Int, to: Int, _ field: String) throws(ReportDefect) {
        try moment(from, field)
        try moment(to, field)
        try require(from <= to, field, "ends before it begins")
    }

    /// In order, without overlap, within the answer.
    func spans(_ spans: [Span], _ field: String) throws(ReportDefect) {
        try require(spans.count <= Self.spansAtMost, field, "has too many entries")
        var previousEndMs = 0
        for span in spans {
            try moments(from: span.fromMs, to: span.toMs, field)
            try require(span.fromMs >= previousEndMs, field, "is not in order")
            previousEndMs = span.toMs
        }
    }

    /// A name of letters, digits and a few signs, such as a codec's.
    func identifier(_ text: String?, _ field: String) throws(ReportDefect) {
        guard let text else { return }
        try require((1...64).contains(text.utf8.count), field, "is too short or too long")
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "_-.,+".utf8.contains(byte)
            }
        }
        try require(plain, field, "has characters that no name has")
    }

    /// A short text with spaces, such as a profile's: printable ASCII without what HTML gives a meaning.
    func label(_ text: String?, _ field: String) throws(ReportDefect) {
        guard let text else { return }
        try require((1...64).contains(text.utf8.count), field, "is too short or too long")
        let plain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && !"<>&\"'`".utf8.contains($0) }
        try require(plain, field, "has characters that no label has")
    }
}
