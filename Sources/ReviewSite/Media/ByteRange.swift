/// Which part of a file a request asks for (RFC 9110, section 14).
enum ByteRange: Sendable, Equatable {
    case whole
    /// From the first byte to before the last bound; never empty.
    case part(Range<Int64>)
    /// None of the file's bytes.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`. Other units, several ranges, and what is no range at all, are answered with the whole file, as the
    ///     RFC allows.
    ///   - length: the file's.
    init(_ header: String?, length: Int64) {
        self = .whole
        guard let match = header?.wholeMatch(of: /bytes=\s*(\d{0,18})-(\d{0,18})\s*/.ignoresCase()) else { return }
        switch (Int64(match.1), Int64(match.2)) {
        case (nil, nil): return
        case (nil, let suffix?):
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)..<length) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first { return }
            self = first < length ? .part(first..<min(length, (last ?? .max - 1) + 1)) : .unsatisfiable
        }
    }
}
