import NIOHTTP1

/// What a store says of an object without sending it, and the SHA-256 that was recorded of it when it was uploaded.
///
/// An object of the right length may still be another one: it was damaged, or somebody else wrote it. Its entity tag does not tell, because of
/// an upload in parts that is no hash of the content.
struct ObjectRecord: Sendable, Hashable {
    /// The header by which this program records the SHA-256, in hexadecimal, of the content that it uploads.
    static let header = "x-amz-meta-dailies-sha256"
    /// The headers by which the store records it itself, in Base64, and refuses other content.
    static let checksum = "x-amz-checksum-sha256"
    static let checksumAlgorithm = "x-amz-sdk-checksum-algorithm"

    var bytes: Int64?
    /// What this program recorded.
    var sha256: String?
    /// What the store recorded, in Base64; `nil` if it did not, or only a hash of the hashes of parts.
    var checksum: String?

    init(_ headers: HTTPHeaders) {
        bytes = headers.first(name: "content-length").flatMap { Int64($0) }
        sha256 = headers.first(name: Self.header)
        let checksum = headers.first(name: Self.checksum)
        let isOfParts = headers.first(name: "x-amz-checksum-type") == "COMPOSITE" || checksum?.utf8.contains(UInt8(ascii: "-")) == true
        self.checksum = isOfParts ? nil : checksum
    }

    /// Whether the record says that it is this content. Without a record it does not.
    func confirms(_ content: StoredFile) -> Bool {
        guard bytes == content.bytes else { return false }
        if let checksum, checksum != Hexadecimal.base64(ofHexadecimal: content.sha256) { return false }
        return checksum != nil || sha256 == content.sha256
    }
}

extension S3Client {
    /// The record of an object; `nil` when the store has none.
    func record(of key: String) async throws(S3Failure) -> ObjectRecord? {
        do throws(S3Failure) {
            let request = S3Request(method: .HEAD, key: key, headers: [(name: "x-amz-checksum-mode", value: "ENABLED")])
            return ObjectRecord(try await send(request).headers)
        } catch {
            if case .refused(status: 404, _) = error { return nil }
            throw error
        }
    }
}
