/// The four bytes that begin each frame of MPEG audio, layer II or III (ISO/IEC 11172-3 and 13818-3).
public struct MPEGAudioHeader: Hashable, Sendable {
    public static let byteCount = 4

    /// Of the frame, its header included.
    public var byteCount: Int
    /// Bytes between the header and the table of contents that encoders put into the first frame in place of sound.
    public var sideInformationBytes: Int

    private static let kilobits: [[Int]] = [
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]

    /// `nil` for bytes that are no header, and for a frame that does not say its length (free format).
    public init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(Self.byteCount))
        guard head.count == Self.byteCount, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return nil }
        let (version, layer) = (head[1] >> 3 & 3, head[1] >> 1 & 3)
        let (bitrate, rate) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
        // Version 1 and layer 0 are reserved; nobody uses layer I (3).
        guard version != 1, layer == 1 || layer == 2, (1...14).contains(bitrate), rate < 3 else { return nil }
        let isFirst = version == 3
        let kilobits = Self.kilobits[isFirst ? (layer == 2 ? 0 : 1) : 2][bitrate - 1]
        let hertz = [44_100, 48_000, 32_000][rate] >> (isFirst ? 0 : version == 2 ? 1 : 2)
        let samplesInBytes = layer == 1 && !isFirst ? 72 : 144
        byteCount = samplesInBytes * kilobits * 1000 / hertz + Int(head[2] >> 1 & 1)
        let isMono = head[3] >> 6 == 3
        sideInformationBytes = isFirst ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    }
}
