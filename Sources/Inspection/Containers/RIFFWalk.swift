/// Walks over the chunks of an AVI or WAV file (Multimedia Programming Interface 1.0, OpenDML 1.02) without reading their content.
///
/// A list is entered, so that a hole in it shows. A chunk without a size, as recorders leave it that were killed, reaches to the end of
/// the file.
enum RIFFWalk {
    private static let headBytes = 8
    private static let list = Array("LIST".utf8)
    private static let riff = Array("RIFF".utf8)
    /// The lists whose chunks are looked at; other lists are small and skipped.
    private static let entered: [[UInt8]] = ["AVI ", "AVIX", "WAVE", "movi", "rec "].map { Array($0.utf8) }
    /// Some writers count a chunk's head and some do not: a file may be this much shorter than it says.
    private static let tolerance: Int64 = 8

    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        /// The farthest end of anything that was entered.
        var promised: Int64 = 0
        var at: Int64 = 0
        while at < window.size {
            let head = Array(try window.read(headBytes + 4, at: at))
            guard head.count >= headBytes else {
                // A byte that makes a chunk's length even may stand alone at the end.
                result.isCutShort = head.count > 1
                break
            }
            let name = Array(head[..<4])
            guard name.allSatisfy(isOfName) else {
                result.damagedAt = at
                return result
            }
            let size = head[4..<8].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let isKnown = size > 0 && size < 0xFFFF_FFFF
            let end = at + Int64(headBytes) + size
            if name == riff || name == list, let kind = head.count == headBytes + 4 ? Array(head[8...]) : nil, entered.contains(kind) {
                if isKnown { promised = max(promised, end) }
                at += Int64(headBytes) + 4
                continue
            }
            // An empty chunk is allowed, except for the sound of a recording that was never finished.
            guard isKnown || (size == 0 && name != Array("data".utf8)) else { return result }
            guard end <= window.size else {
                result.isCutShort = true
                result.promisedBytes = max(promised, end)
                return result
            }
            at = end + size % 2
        }
        if promised > window.size + tolerance {
            result.isCutShort = true
            result.promisedBytes = promised
        }
        return result
    }

    /// Letters, digits and blanks.
    private static func isOfName(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
