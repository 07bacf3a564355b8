/// Where the packets of an MPEG transport stream lie (ISO/IEC 13818-1): every 188 bytes, or, as cameras write them, every 192
/// bytes with a time of arrival in front.
public struct TransportGrid: Hashable, Sendable {
    /// What each packet begins with.
    public static let sync: UInt8 = 0x47
    public static let packetBytes = 188

    public var syncOffset: Int
    public var stride: Int

    public init?(_ head: [UInt8]) {
        if head.first == Self.sync {
            self.init(syncOffset: 0, stride: Self.packetBytes)
        } else if head.count > 4, head[4] == Self.sync {
            self.init(syncOffset: 4, stride: Self.packetBytes + 4)
        } else {
            return nil
        }
    }

    private init(syncOffset: Int, stride: Int) {
        self.syncOffset = syncOffset
        self.stride = stride
    }
}
