import NIOHTTP1
import SystemPackage

/// One request to a store, before it gets an address and a signature.
struct S3Request: Sendable {
    enum Body: Sendable {
        case none
        case text(String)
        case file(FilePart)
    }

    var method: HTTPMethod
    /// The key below the location's prefix; `nil` for the bucket itself.
    var key: String?
    var query: [(name: String, value: String)] = []
    /// Lower-case names.
    var headers: [(name: String, value: String)] = []
    var body = Body.none
}

/// Bytes of a file, which must stay open and unchanged.
struct FilePart: Sendable {
    var descriptor: FileDescriptor
    var range: Range<Int64>
    /// The SHA-256 of these bytes, in hexadecimal.
    var sha256: String

    var count: Int64 { range.upperBound - range.lowerBound }
}
