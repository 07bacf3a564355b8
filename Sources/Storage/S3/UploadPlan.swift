/// Into which parts a file is sent.
enum UploadPlan {
    /// S3's limit.
    static let mostParts: Int64 = 10_000

    /// Parts of the same length but the last, in order.
    /// - Parameter partBytes: Raised where more parts than ``mostParts`` came of it. S3 wants 5 MiB at least.
    static func parts(of bytes: Int64, partBytes: Int64) -> [Range<Int64>] {
        let length = max(partBytes, (bytes + mostParts - 1) / mostParts)
        return stride(from: 0, to: bytes, by: Int64.Stride(length)).map { $0..<min($0 + length, bytes) }
    }
}
