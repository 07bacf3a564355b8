/// The part of a file that a request asks for (RFC 9110, section 14).
enum ByteRange: Sendable, Equatable {
    case whole
    /// The lower bound is included, the upper one is not; never empty.
    case part(Range<Int64>)
    /// The range holds none of the file's bytes.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`. Other units, several ranges and invalid ranges are answered with the whole file, as the RFC
    ///     allows.
    ///   - length: the file's.
    init(_ header: String?, length: Int64) {
        self = .whole
        guard let (first, last) = header.flatMap(Self.bounds) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let suffix?):
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)..<length) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first { return }
            self = first < length ? .part(first..<min(length, (last ?? .max - 1) + 1)) : .unsatisfiable
        }
    }

    /// The parts before and after the hyphen of `bytes=FIRST-LAST`; `nil` for anything else.
    private static func bounds(_ header: String) -> (first: Int64?, last: Int64?)? {
        let parts = header.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].elementsEqual("bytes".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        var range = parts[1].drop(while: blanks.contains)
        while let last = range.last, blanks.contains(last) { range.removeLast() }
        let bounds = range.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.count <= 18 && $0.allSatisfy { (48...57).contains($0) } }) else { return nil }
        return (Int64(Substring(bounds[0])), Int64(Substring(bounds[1])))
    }
}
