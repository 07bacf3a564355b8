public import FoundationEssentials

/// PostgreSQL counts microseconds from 2000-01-01 00:00 UTC, and marks the two infinities by the extremes of `Int64`.
private enum PostgresEpoch {
    static let secondsFromReferenceDate: Double = -31_622_400
    static let positiveInfinity = Int64.max
    static let negativeInfinity = Int64.min
    /// 294277-01-01, the end of `timestamptz`, and 4714-11-24 BC, its beginning.
    static let range: Range<Int64> = -211_813_488_000_000_000..<9_223_371_331_200_000_000
}

/// `Date` is `timestamptz`, to the microsecond. `infinity` has no `Date` and is refused in both directions; `timestamp`
/// and `date` carry no time zone and are refused too.
extension Date: PostgresScalar {
    public static var postgresType: PostgresType { .timestamptz }
    public static var postgresArrayType: PostgresType { .timestamptzArray }

    public var postgresContent: PostgresBind.Content {
        let microseconds = ((timeIntervalSinceReferenceDate - PostgresEpoch.secondsFromReferenceDate) * 1_000_000).rounded()
        guard let count = Int64(exactly: microseconds), PostgresEpoch.range.contains(count) else {
            return .refused(reason: "the time lies outside of what timestamptz can hold")
        }
        return .binary(count.bigEndianBytes)
    }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected: Expectation = "Date"
        var reader = cell.reader(of: try cell.requireBytes(as: .timestamptz, expected: expected), expected: expected)
        let microseconds = try reader.integer(Int64.self)
        guard microseconds != PostgresEpoch.positiveInfinity, microseconds != PostgresEpoch.negativeInfinity else {
            throw cell.failure(expected: expected, actual: "an infinite time")
        }
        self.init(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000 + PostgresEpoch.secondsFromReferenceDate)
    }
}

/// `Duration` is `interval`, to the microsecond. An interval with months has no fixed length and is refused; its days count as
/// 24 hours each.
extension Duration: PostgresScalar {
    public static var postgresType: PostgresType { .interval }
    public static var postgresArrayType: PostgresType { .intervalArray }

    public var postgresContent: PostgresBind.Content {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (microseconds, carry) = whole.addingReportingOverflow(Int64((Double(attoseconds) / 1e12).rounded()))
        guard !overflow, !carry else { return .refused(reason: "the duration is longer than what interval can hold") }
        let days: Int32 = 0
        let months: Int32 = 0
        return .binary(microseconds.bigEndianBytes + days.bigEndianBytes + months.bigEndianBytes)
    }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected: Expectation = "Duration"
        var reader = cell.reader(of: try cell.requireBytes(as: .interval, expected: expected), expected: expected)
        let microseconds = try reader.integer(Int64.self)
        let days = try reader.integer(Int32.self)
        let months = try reader.integer(Int32.self)
        guard months == 0 else { throw cell.failure(expected: expected, actual: "an interval of months, which has no fixed length") }
        self = .microseconds(microseconds) + .seconds(Int64(days) * 86_400)
    }
}
