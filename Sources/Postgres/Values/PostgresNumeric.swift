/// A `numeric` as the server sends it: digits to the base 10,000, the first of which counts `10000 ^ weight`.
///
/// Source: `numeric_send` in PostgreSQL's `numeric.c`.
struct PostgresNumeric {
    private enum Sign {
        static let positive: UInt16 = 0x0000
        static let negative: UInt16 = 0x4000
    }

    private let digits: [Int16]
    private let weight: Int
    private let isNegative: Bool

    init(from reader: inout BinaryReader) throws(PostgresError) {
        let count = Int(try reader.integer(Int16.self))
        weight = Int(try reader.integer(Int16.self))
        let sign = try reader.integer(UInt16.self)
        _ = try reader.integer(UInt16.self)
        guard sign == Sign.positive || sign == Sign.negative else {
            throw reader.cell.failure(expected: reader.expected, actual: "a numeric that is not a finite number")
        }
        isNegative = sign == Sign.negative
        var digits: [Int16] = []
        for _ in 0..<max(0, count) { digits.append(try reader.integer(Int16.self)) }
        self.digits = digits
    }

    /// The value when it is whole and fits.
    var integer: Int64? {
        var value: Int64 = 0
        for (index, digit) in digits.enumerated() where digit != 0 || index <= weight {
            guard index <= weight else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = scaled.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        // The server leaves trailing zero digits out.
        for _ in 0..<max(0, digits.isEmpty ? 0 : weight + 1 - digits.count) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10_000)
            guard !overflow else { return nil }
            value = scaled
        }
        return isNegative ? value : (value == .min ? nil : -value)
    }

    /// The nearest double, found by the standard library from the decimal text so that it is rounded once.
    var double: Double? {
        guard !digits.isEmpty else { return 0 }
        let mantissa = digits.map { String(10_000 + Int($0)).dropFirst() }.joined()
        return Double("\(isNegative ? "-" : "")\(mantissa)e\((weight + 1 - digits.count) * 4)")
    }
}
