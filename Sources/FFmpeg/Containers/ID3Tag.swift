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
