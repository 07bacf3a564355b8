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
        guard text.hasPrefix(Self.scheme) else { return nil }
        var rest = text.dropFirst(Self.scheme.count)
        if rest.hasSuffix("/") { rest.removeLast() }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bucket = parts.first, bucket.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/) != nil else { return nil }
        if parts.count == 2, (try? StorageKey(String(parts[1]))) == nil { return nil }
        self.bucket = String(bucket)
        prefix = parts.count == 2 ? String(parts[1]) : ""
    }

    public var description: String { Self.scheme + bucket + (prefix.isEmpty ? "" : "/\(prefix)") }
}
