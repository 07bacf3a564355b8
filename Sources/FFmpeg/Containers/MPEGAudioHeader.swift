/// The four bytes that begin each frame of MPEG audio, layer II or III (ISO/IEC 11172-3 and 13818-3).
public struct MPEGAudioHeader: Hashable, Sendable {
    public static let byteCount = 4

    /// Of the frame, its header included.
    public var byteCount: Int
    /// Bytes between the header and where encoders put a table of contents in the place of the first frame's sound.
    public var sideInformationBytes: Int

    private static let kilobits: [[Int]] = [
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]

    /// `nil` for what is no header, and for a frame that does not say its length (free format).
    public init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(Self.byteCount))
        guard head.count == Self.byteCount, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return nil }
        let (version, layer) = (head[1] >> 3 & 3, head[1] >> 1 & 3)
        let (bitrate, rate) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
        // Version 1 and layer 0 are reserved; layer I (3) nobody uses.
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

/// The tag of metadata in front of sound (ID3, version 2), of which only the length is of interest.
public struct ID3Tag: Hashable, Sendable {
    public static let headByteCount = 10

    /// Of the tag, its head and, where there is one, its foot included.
    public var byteCount: Int64

    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headByteCount, bytes.starts(with: "ID3".utf8), bytes[6..<10].allSatisfy({ $0 < 0x80 }) else { return nil }
        let hasFoot = bytes[5] & 0x10 != 0
        byteCount = bytes[6..<10].reduce(Int64(0)) { $0 << 7 | Int64($1) } + (hasFoot ? 20 : 10)
    }
}
