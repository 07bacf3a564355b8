/// The head of a box (ISO/IEC 14496-12, 4.2).
struct MovieBox {
    let type: [UInt8]
    /// Where its content begins.
    let content: Int64
    /// The size that the box claims, its head included. It may be smaller than the head or larger than the file.
    let size: Int64

    /// - Returns: `nil` where fewer bytes than a head's are left.
    init?(_ window: inout ByteWindow, at start: Int64) throws(InspectionError) {
        let head = Array(try window.read(16, at: start))
        guard head.count >= 8 else { return nil }
        type = Array(head[4..<8])
        let short = head[..<4].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let isLong = short == 1 && head.count == 16
        content = start + (isLong ? 16 : 8)
        size =
            isLong ? head[8...].reduce(Int64(0)) { ($0 & (Int64.max >> 8)) << 8 | Int64($1) } : short == 0 ? window.size - start : short
    }
}
