import NIOHTTP1
import SystemPackage

/// One request to a store, before it is addressed and signed.
struct S3Request: Sendable {
    enum Body: Sendable {
        case none
        case text(String)
        case file(FilePart)
    }

    var method: HTTPMethod
    /// Below the location's prefix; `nil` for the bucket itself.
    var key: String?
    var query: [(name: String, value: String)] = []
    /// Lower-case names.
    var headers: [(name: String, value: String)] = []
    var body = Body.none
}

/// Some bytes of a file, which stays open and unchanged meanwhile.
struct FilePart: Sendable {
    var descriptor: FileDescriptor
    var range: Range<Int64>
    /// Of these bytes, in hexadecimal.
    var sha256: String

    var count: Int64 { range.upperBound - range.lowerBound }
}
