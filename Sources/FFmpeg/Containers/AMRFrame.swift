/// The byte that begins each frame of AMR in a file (RFC 4867, section 5.3).
struct AMRFrame {
    static let headByteCount = 1

    /// By mode, the byte itself included. The narrow modes are eight bit rates and silence's noise, the wide ones nine and that. What is not
    /// listed was never used; mode 15 says that there is nothing to hear, 14 of the wide ones that it was lost.
    private static let narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6]
    private static let wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6]

    var byteCount: Int

    /// `nil` for what no frame begins with. Zero, the lowest rate with a mark that it is damaged, is what a disk never wrote.
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
