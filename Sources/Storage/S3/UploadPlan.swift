/// The parts of a multipart upload.
enum UploadPlan {
    /// S3's limit of parts.
    static let mostParts: Int64 = 10_000

    /// The parts in order; all but the last have the same length.
    /// - Parameter partBytes: The length of a part. It is raised if there would be more parts than ``mostParts``. S3 requires at least 5 MiB.
    static func parts(of bytes: Int64, partBytes: Int64) -> [Range<Int64>] {
        let length = max(partBytes, (bytes + mostParts - 1) / mostParts)
        return stride(from: 0, to: bytes, by: Int64.Stride(length)).map { $0..<min($0 + length, bytes) }
    }
}
