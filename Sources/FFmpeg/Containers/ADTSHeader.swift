/// The seven or nine bytes that begin each frame of AAC in ADTS (ISO/IEC 13818-7).
public struct ADTSHeader: Hashable, Sendable {
    public static let byteCount = 7

    /// Of the frame, its header included.
    public var byteCount: Int

    public init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(Self.byteCount))
        // Twelve bits of sync, any version, layer 0; sampling rates 13 to 15 do not exist.
        guard head.count == Self.byteCount, head[0] == 0xFF, head[1] & 0xF6 == 0xF0, head[2] >> 2 & 0xF < 13 else { return nil }
        byteCount = Int(head[3] & 3) << 11 | Int(head[4]) << 3 | Int(head[5]) >> 5
        guard byteCount > Self.byteCount else { return nil }
    }
}
