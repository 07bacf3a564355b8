/// Walks over the boxes of an ISO base media or QuickTime file (ISO/IEC 14496-12) without reading their content.
enum MovieWalk {
    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        var at: Int64 = 0
        var last: [UInt8] = []
        var (hasIndex, hasMedia) = (false, false)
        while at < window.size {
            let head = Array(try window.read(16, at: at))
            guard head.count >= 8 else {
                result.isCutShort = true
                break
            }
            let type = Array(head[4..<8])
            // Letters, digits, blanks, and the copyright sign of old QuickTime; anything else is no box.
            guard type.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0xA9 }) else {
                result.damagedAt = at
                break
            }
            var size = head[..<4].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            if size == 1, head.count == 16 {
                size = head[8...].reduce(Int64(0)) { ($0 & (Int64.max >> 8)) << 8 | Int64($1) }
            } else if size == 0 {
                // The box goes to the end of the file, wherever that is.
                size = window.size - at
            }
            guard size >= 8 else {
                result.damagedAt = at
                break
            }
            last = type
            hasIndex = hasIndex || (type == Array("moov".utf8) && size <= window.size - at)
            hasMedia = hasMedia || type == Array("mdat".utf8)
            guard size <= window.size - at else {
                result.isCutShort = true
                // The largest size that a box can claim does not fit behind another.
                let (end, overflow) = at.addingReportingOverflow(size)
                result.promisedBytes = overflow ? .max : end
                break
            }
            at += size
        }
        result.lacksIndex = hasMedia && !hasIndex
        // A fragment's index without the fragment.
        if last == Array("moof".utf8) { result.isCutShort = true }
        return result
    }
}
