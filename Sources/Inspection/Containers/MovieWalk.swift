/// Walks over the boxes of an ISO base media or QuickTime file (ISO/IEC 14496-12) without reading their content.
enum MovieWalk {
    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        var at: Int64 = 0
        var last: [UInt8] = []
        var (hasIndex, hasMedia) = (false, false)
        while at < window.size {
            guard let box = try MovieBox(&window, at: at) else {
                result.isCutShort = true
                break
            }
            // Printable ASCII, and the copyright sign of old QuickTime; anything else is no box.
            guard box.type.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0xA9 }), box.size >= 8 else {
                result.damagedAt = at
                break
            }
            let (type, size) = (box.type, box.size)
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
