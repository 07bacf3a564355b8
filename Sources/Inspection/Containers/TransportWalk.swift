internal import FFmpeg

/// Walks over the packets of an MPEG transport stream: each stream's packets are numbered from 0 to 15 again and again, so a missing one
/// shows, and sound says how long each of its pieces is.
///
/// Pictures do not say their length: a file that ends between two packets of a picture looks complete.
enum TransportWalk {
    private static let padding = 0x1FFF

    private struct Stream {
        var counter: UInt8
        /// Bytes of its last piece that have not come yet; `nil` where the piece has no length.
        var missing: Int?
    }

    static func structure(_ window: inout ByteWindow) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        guard let grid = TransportGrid(Array(try window.read(8, at: 0))) else { return result }
        var streams: [Int: Stream] = [:]
        var at: Int64 = 0
        while at < window.size {
            let packet = Array(try window.read(grid.stride, at: at).dropFirst(grid.syncOffset))
            if let first = packet.first, first != TransportGrid.sync {
                result.damagedAt = result.damagedAt ?? at
                return result
            }
            guard packet.count == TransportGrid.packetBytes else {
                result.isCutShort = true
                return result
            }
            if !follow(packet, &streams) { result.damagedAt = result.damagedAt ?? at }
            at += Int64(grid.stride)
        }
        result.isCutShort = streams.values.contains { ($0.missing ?? 0) > 0 }
        return result
    }

    /// - Returns: whether the packet follows the one before it.
    private static func follow(_ packet: [UInt8], _ streams: inout [Int: Stream]) -> Bool {
        let identifier = Int(packet[1] & 0x1F) << 8 | Int(packet[2])
        let hasAdaptation = packet[3] & 0x20 != 0
        guard identifier != padding, packet[3] & 0x10 != 0 else { return true }
        let start = hasAdaptation ? 5 + Int(packet[4]) : 4
        let isNew = hasAdaptation && packet[4] > 0 && packet[5] & 0x80 != 0
        guard start < packet.count else { return true }
        let payload = packet[start...]
        let counter = packet[3] & 0xF
        let previous = streams[identifier]
        // A packet may be sent twice.
        if !isNew, previous?.counter == counter { return true }
        let follows = isNew || (previous.map { ($0.counter + 1) & 0xF == counter } ?? true)
        var missing = previous?.missing.map { $0 - payload.count }
        if packet[1] & 0x40 != 0 { missing = length(ofPiece: payload).map { $0 - payload.count } }
        streams[identifier] = Stream(counter: counter, missing: missing)
        return follows
    }

    /// The length of a piece of sound or picture, its head included; `nil` for tables and for a piece without a length.
    private static func length(ofPiece payload: ArraySlice<UInt8>) -> Int? {
        let head = Array(payload.prefix(6))
        guard head.count == 6, head.starts(with: [0, 0, 1]) else { return nil }
        let length = Int(head[4]) << 8 | Int(head[5])
        return length > 0 ? length + head.count : nil
    }
}
