import ForeignText

/// A bucket and a prefix in it, written `s3://BUCKET` or `s3://BUCKET/PREFIX`.
public struct S3Location: Sendable, Hashable, CustomStringConvertible {
    public let bucket: String
    /// The beginning of all keys, without slashes at its ends; empty for the whole bucket.
    public let prefix: String

    /// The beginning of a location's text.
    public static let scheme = "s3://"

    /// `nil` for a bucket name that S3 does not allow (3 to 63 lower-case letters, digits, dots and hyphens), or for a prefix that is not a valid
    /// ``StorageKey``.
    public init?(_ text: String) {
        guard let whole = text.rest(after: Self.scheme) else { return nil }
        let rest = whole.rest(before: "/") ?? whole
        let parts = rest.cut(at: "/")
        let bucket = parts?.before ?? rest
        guard bucket.plainMatch(of: /[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/) != nil else { return nil }
        if let parts, (try? StorageKey(String(parts.after))) == nil { return nil }
        self.bucket = String(bucket)
        prefix = parts.map { String($0.after) } ?? ""
    }

    public var description: String { Self.scheme + bucket + (prefix.isEmpty ? "" : "/\(prefix)") }
}
