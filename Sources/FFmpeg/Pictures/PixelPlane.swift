/// A plane of bytes in memory that someone else owns. Lent to a closure; it must not leave it.
@unsafe public struct PixelPlane {
    public let base: UnsafeMutablePointer<UInt8>
    /// Bytes from one row to the next.
    public let stride: Int
    public let width: Int
    public let height: Int
}
