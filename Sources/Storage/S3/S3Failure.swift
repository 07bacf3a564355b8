import SystemPackage

/// Why a request to a store failed.
enum S3Failure: Error, Sendable {
    /// The store refused the request.
    case refused(status: Int, code: String?)
    /// The store asked to send nothing for so many seconds.
    case busy(status: Int, code: String?, seconds: Int)
    /// The store named another host or region, where this request was not sent.
    case elsewhere(status: Int, code: String?, region: String?, host: String?)
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

    /// An answer without an entity tag. Every store gives one, and without it nobody can tell whether two answers are of the same bytes.
    static let untagged = S3Failure.broken("it did not name the file's version (ETag), as every store does")

    /// Whether the same request may succeed in a moment.
    var isTransient: Bool {
        switch self {
        case .broken, .busy: true
        case .refused(let status, let code):
            // RequestTimeTooSkewed: the response told the store's time, which is used from now on. BadDigest, XAmzContentSHA256Mismatch: the
            // bytes were damaged on the way, because what is sent is compared before (``FileBytes``).
            [408, 429, 500, 502, 503, 504].contains(status)
                || Self.transientCodes.contains(code ?? "")
        case .elsewhere, .changed, .stopped, .local, .noCredentials: false
        }
    }

    /// Whether other credentials may help.
    var isOfCredentials: Bool {
        guard case .refused(_, let code) = self else { return false }
        return ["ExpiredToken", "ExpiredTokenException", "InvalidToken", "InvalidAccessKeyId", "TokenRefreshRequired"].contains(code)
    }

    /// A store may also send these with the status 200, when it began its answer before it knew.
    private static let transientCodes: Set = [
        "RequestTimeout", "SlowDown", "RequestTimeTooSkewed", "OperationAborted", "InternalError", "ServiceUnavailable",
        "BadDigest", "XAmzContentSHA256Mismatch",
    ]
}
