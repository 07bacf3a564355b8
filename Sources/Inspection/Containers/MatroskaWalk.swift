/// Walks over Matroska's elements (RFC 8794, RFC 9559) without reading their content.
///
/// Only segments and clusters may have an unknown size, as in live recordings. Such a cluster ends where an element of the level above
/// begins, such a segment at the file's end.
enum MatroskaWalk {
    private static let segment: UInt32 = 0x1853_8067
    private static let cluster: UInt32 = 0x1F43_B675
    /// The other elements that a segment consists of, and those that may stand anywhere (Void, CRC-32).
    private static let segmentLevel: Set<UInt32> = [
        0x114D_9B74, 0x1549_A966, 0x1654_AE6B, 0x1C53_BB6B, 0x1941_A469, 0x1043_A770, 0x1254_C367, 0xEC, 0xBF,
    ]
    /// Timestamp, SilentTracks, Position, PrevSize, SimpleBlock, BlockGroup, EncryptedBlock, Void, CRC-32.
    private static let clusterLevel: Set<UInt32> = [0xE7, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF, 0xEC, 0xBF]
    private static let header: UInt32 = 0x1A45_DFA3

    private struct Element {
        var id: UInt32
        /// Where its content begins.
        var content: Int64
        /// `nil` for the unknown size.
        var size: Int64?
    }

    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        var at: Int64 = 0
        var segmentEnd: Int64?
        /// The end of the last cluster that has a size.
        var clusterEnd: Int64 = 0
        while at < window.size {
            guard let element = try element(&window, at: at) else {
                // Too few bytes for an identifier and a size: cut there. Otherwise no identifier of EBML at all.
                if window.size - at < 12 { result.isCutShort = true } else { result.damagedAt = at }
                break
            }
            switch element.id {
            case segment:
                segmentEnd = element.size.map { element.content + $0 }
                at = element.content
                continue
            case cluster:
                // A cluster with a size is entered too: only its blocks show a hole inside it.
                clusterEnd = element.size.map { element.content + $0 } ?? clusterEnd
                at = element.content
                continue
            case header: break
            case let id where segmentLevel.contains(id) || clusterLevel.contains(id): break
            default: result.damagedAt = result.damagedAt ?? at
            }
            guard result.damagedAt == nil, let size = element.size else {
                result.damagedAt = result.damagedAt ?? at
                break
            }
            let end = element.content + size
            if end > window.size {
                result.isCutShort = true
                result.promisedBytes = end
            }
            at = end
        }
        let promised = segmentEnd ?? clusterEnd
        if promised > window.size, result.damagedAt == nil {
            result.isCutShort = true
            result.promisedBytes = promised
        }
        return result
    }

    /// `nil` when the bytes end inside the element's head, or are no element's head.
    private static func element(_ window: inout ByteWindow, at offset: Int64) throws(InspectionError) -> Element? {
        let head = Array(try window.read(12, at: offset))
        guard let first = head.first, first >= 0x10 else { return nil }
        let idLength = first.leadingZeroBitCount + 1
        guard head.count > idLength else { return nil }
        let id = head[..<idLength].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let sizeLength = head[idLength].leadingZeroBitCount + 1
        guard sizeLength <= 8, head.count >= idLength + sizeLength else { return nil }
        let mask = UInt64(1) << (7 * UInt64(sizeLength)) - 1
        let size = head[idLength..<idLength + sizeLength].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & mask
        return Element(id: id, content: offset + Int64(idLength + sizeLength), size: size == mask ? nil : Int64(size))
    }
}
