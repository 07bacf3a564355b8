import Synchronization

/// Whether a store takes checksums with what it stores. Not every store that speaks S3's protocol does, and some refuse the headers.
final class ChecksumSupport: Sendable {
    private let isRefused = Mutex(false)

    /// Runs `body` with the headers that record and check this content, and once more without those that the store does not take. The
    /// signature covers the content's SHA-256 in any case.
    func with<Value>(
        _ content: StoredFile, _ body: (_ headers: [(name: String, value: String)]) async throws(S3Failure) -> Value
    ) async throws(S3Failure) -> Value {
        let record = [(name: ObjectRecord.header, value: content.sha256)]
        guard !isRefused.withLock({ $0 }) else { return try await body(record) }
        do throws(S3Failure) {
            return try await body(
                [
                    (name: ObjectRecord.checksum, value: Hexadecimal.base64(ofHexadecimal: content.sha256)),
                    (name: ObjectRecord.checksumAlgorithm, value: "SHA256"),
                ] + record)
        } catch {
            guard error.isOfUnknownHeader else { throw error }
            let value = try await body(record)
            isRefused.withLock { $0 = true }
            return value
        }
    }
}

extension S3Failure {
    /// Whether the store may have refused a header that it does not know.
    fileprivate var isOfUnknownHeader: Bool {
        switch self {
        case .refused(status: 501, _): true
        case .refused(_, let code?): ["NotImplemented", "InvalidArgument", "InvalidRequest"].contains(code)
        default: false
        }
    }
}
