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
        case .busy(let status, let code, let seconds):
            self.init(
                .unavailable,
                "\(beginning): \(Self.answer(status, code)), and asked for a pause of \(seconds) s. The work goes on by itself when the store works again."
            )
        case .elsewhere(let status, let code, let region, let host):
            self.init(.unavailable, "\(beginning): \(Self.answer(status, code)). \(Self.whereabouts(region, host, store))")
        case .refused(let status, let code):
            let (kind, advice) = Self.judgement(status, code, store)
            self.init(kind, "\(beginning): \(Self.answer(status, code)). \(advice)")
        }
    }

    private static func answer(_ status: Int, _ code: String?) -> String {
        "the store answered \(status)" + (code.map { " \($0)" } ?? "")
    }

    private static func whereabouts(_ region: String?, _ host: String?, _ store: S3Storage.Configuration) -> String {
        switch (region, host) {
        case (let region?, _) where region != store.region:
            "The bucket is in the region \(region), and s3-region is \(store.region): correct s3-region, and s3-endpoint if it is set."
        case (_, let host?):
            "It names the host \(host), and nothing is sent there by itself. If that is the store, correct s3-endpoint (or s3-region); it is \(store.endpoint)."
        default:
            "The bucket is in another region than \(store.region), or \(store.endpoint) is not its store: correct s3-region, or s3-endpoint."
        }
    }

    private static func judgement(_ status: Int, _ code: String?, _ store: S3Storage.Configuration) -> (Code, String) {
        switch (status, code) {
        case (_, "NoSuchBucket"):
            (.unavailable, "Make the bucket \(store.location.bucket) at \(store.endpoint), or correct the setting storage.")
        case (_, "InvalidAccessKeyId"), (_, "SignatureDoesNotMatch"), (_, "ExpiredToken"), (_, "ExpiredTokenException"),
            (_, "InvalidToken"), (_, "TokenRefreshRequired"), (_, "AuthorizationHeaderMalformed"), (401, _):
            (.unavailable, store.credentials.advice)
        case (_, "RequestTimeTooSkewed"): (.unavailable, "Set this machine's clock.")
        case (_, "InvalidObjectState"): (.unavailable, "The file is archived: restore it in the store.")
        case (_, "AccountProblem"), (_, "AllAccessDisabled"), (_, "NotSignedUp"):
            (.unavailable, "The store has closed the account: ask those who run the store.")
        case (507, _), (_, "QuotaExceeded"), (_, "XMinioStorageFull"), (_, "EntityTooLarge"):
            (.full, "Make room in the store; the work goes on by itself.")
        // Only a store that says so knows that a file is missing.
        case (404, "NoSuchKey"): (.notFound, "No file is stored there.")
        case (403, nil), (404, nil), (400, nil), (405, nil):
            (
                .unavailable,
                "A store names its reason, so this comes from something else: correct s3-endpoint, or what stands in front of the store."
            )
        case (403, _), (_, "AccessDenied"):
            (
                .unavailable,
                "Allow s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListBucket; without the last, a missing file looks forbidden."
            )
        default: (.unavailable, "The work goes on by itself when the store works again.")
        }
    }
}
