/// Walks over Ogg's pages (RFC 3533) and checks the checksum of each: a damaged page counts as missing.
enum OggWalk {
    private static let headBytes = 27
    private static let checksumAt = 22

    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        /// The number of the next page of each stream that has not ended.
        var open: [UInt32: UInt32] = [:]
        var at: Int64 = 0
        while at < window.size {
            let head = Array(try window.read(headBytes, at: at))
            guard head.starts(with: "OggS".utf8.prefix(head.count)) else {
                result.damagedAt = result.damagedAt ?? at
                return result
            }
            let lacing = head.count == headBytes ? try window.read(Int(head[26]), at: at + Int64(headBytes)) : []
            guard head.count == headBytes, lacing.count == Int(head[26]) else {
                result.isCutShort = true
                return result
            }
            let length = lacing.reduce(headBytes + lacing.count) { $0 + Int($1) }
            let page = try window.read(length, at: at)
            guard page.count == length else {
                result.isCutShort = true
                result.promisedBytes = at + Int64(length)
                return result
            }
            let (stream, number) = (littleEndian(head[14..<18]), littleEndian(head[18..<22]))
            let isNext = open[stream].map { $0 == number } ?? true
            if !isNext || checksum(of: page) != littleEndian(head[checksumAt..<checksumAt + 4]) {
                result.damagedAt = result.damagedAt ?? at
            }
            let isLast = head[5] & 4 != 0
            open[stream] = isLast ? nil : number &+ 1
            at += Int64(length)
        }
        // A stream that was written to its end says so on its last page.
        result.isCutShort = !open.isEmpty
        return result
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A cyclic redundancy check of 32 bits, most significant first, over the page, with its own checksum taken as zero.
    private static func checksum(of page: ArraySlice<UInt8>) -> UInt32 {
        let own = page.startIndex + checksumAt..<page.startIndex + checksumAt + 4
        var sum: UInt32 = 0
        for at in page.indices {
            sum = sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 24) ^ (own.contains(at) ? 0 : page[at]))]
        }
        return sum
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte) << 24) { sum, _ in sum & 1 << 31 == 0 ? sum << 1 : sum << 1 ^ 0x04C1_1DB7 }
    }
}
