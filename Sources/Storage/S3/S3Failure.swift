import SystemPackage

/// Why a request to a store failed.
enum S3Failure: Error, Sendable {
    /// The store refused the request.
    case refused(status: Int, code: String?)
    /// No response came, or not all of it; with the reason, as the end of a sentence.
    case broken(String)
    /// The object has changed since its first bytes came.
    case changed
    /// This task was cancelled.
    case stopped
    /// An operation on this machine failed.
    case local(StorageError)
    /// There are no credentials. Fetching them was tried several times.
    case noCredentials(CredentialsFailure)

    /// Whether the same request may succeed in a moment.
    var isTransient: Bool {
        switch self {
        case .broken: true
        case .refused(let status, let code):
            // RequestTimeTooSkewed: the response told the store's time, which is used from now on. BadDigest, XAmzContentSHA256Mismatch: the
            // bytes were damaged on the way, because what is sent is compared before (``FileBytes``).
            [408, 429, 500, 502, 503, 504].contains(status)
                || [
                    "RequestTimeout", "SlowDown", "RequestTimeTooSkewed", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch",
                ].contains(code)
        case .changed, .stopped, .local, .noCredentials: false
        }
    }

    /// Whether other credentials may help.
    var isOfCredentials: Bool {
        guard case .refused(_, let code) = self else { return false }
        return ["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"].contains(code)
    }
}

extension StorageError {
    /// - Parameter action: What failed, such as "read a/b.webm".
    init(_ failure: S3Failure, cannot action: String, in store: S3Storage.Configuration) {
        let beginning = "Cannot \(action) in \(store.location)"
        switch failure {
        case .local(let error): self = error
        case .noCredentials(let why): self.init(.unavailable, "\(beginning): there are no credentials. \(why)")
        case .stopped: self.init(.unavailable, "\(beginning): dailies was told to stop.")
        case .changed:
            self.init(
                .unavailable,
                "\(beginning): it was replaced while it was read, and stored files never change. Nothing else may write there.")
        case .broken(let why):
            self.init(.unavailable, "\(beginning): \(why). The store is \(store.endpoint); the work goes on by itself when it answers.")
        case .refused(let status, let code):
            let answer = "the store answered \(status)" + (code.map { " \($0)" } ?? "")
            let (kind, advice) = Self.judgement(status, code, store)
            self.init(kind, "\(beginning): \(answer). \(advice)")
        }
    }

    private static func judgement(_ status: Int, _ code: String?, _ store: S3Storage.Configuration) -> (Code, String) {
        switch (status, code) {
        case (_, "NoSuchBucket"):
            (.unavailable, "Make the bucket \(store.location.bucket) at \(store.endpoint), or correct the setting storage.")
        case (301, _), (307, _), (_, "PermanentRedirect"), (_, "AuthorizationHeaderMalformed"):
            (.unavailable, "The bucket is in another region than \(store.region): correct s3-region, or s3-endpoint.")
        case (_, "InvalidAccessKeyId"), (_, "SignatureDoesNotMatch"), (_, "ExpiredToken"), (_, "InvalidToken"), (401, _):
            (.unavailable, store.credentials.advice)
        case (_, "RequestTimeTooSkewed"): (.unavailable, "Set this machine's clock.")
        case (_, "InvalidObjectState"): (.unavailable, "The file is archived: restore it in the store.")
        case (403, _):
            (
                .unavailable,
                "Allow s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListBucket; without the last, a missing file looks forbidden."
            )
        case (507, _), (_, "QuotaExceeded"), (_, "XMinioStorageFull"), (_, "EntityTooLarge"):
            (.full, "Make room in the store; the work goes on by itself.")
        case (404, _): (.notFound, "No file is stored there.")
        default: (.unavailable, "The work goes on by itself when the store works again.")
        }
    }
}
