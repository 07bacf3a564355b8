/// The byte that begins each frame of AMR in a file (RFC 4867, section 5.3).
struct AMRFrame {
    static let headByteCount = 1

    /// Bytes of a frame by its mode, the first byte included. Narrowband has eight bit rates and comfort noise, wideband has nine and
    /// comfort noise. Other modes are not used, except mode 15 (no data) and wideband's mode 14 (lost speech).
    private static let narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6]
    private static let wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6]

    var byteCount: Int

    /// `nil` for a byte that begins no frame. Zero would be the lowest bit rate, marked as damaged; in practice it comes from a part of
    /// the file that was never written.
    init?(_ bytes: ArraySlice<UInt8>, isWideband: Bool) {
        guard let head = bytes.first, head != 0, head & 0x83 == 0 else { return nil }
        let (mode, lengths) = (Int(head >> 3), isWideband ? Self.wide : Self.narrow)
        if mode < lengths.count {
            byteCount = lengths[mode]
        } else if mode == 15 || (mode == 14 && isWideband) {
            byteCount = 1
        } else {
            return nil
        }
    }
}
