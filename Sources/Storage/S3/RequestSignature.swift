import Crypto
import ForeignText

/// AWS Signature Version 4, as described in "Authenticating Requests" of the Amazon S3 API reference. Pure: time is an argument.
struct RequestSignature: Sendable {
    /// The signed parts of a request.
    struct Request: Sendable {
        var method: String
        /// The encoded path, with a slash at its beginning. S3 does not normalise it.
        var path: String
        /// The query's names and values, not encoded.
        var query: [(name: String, value: String)] = []
        /// Names in lower case; `host` must be one of them.
        var headers: [(name: String, value: String)]
    }

    /// For links: their requests have no body, and S3 does not check it.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private static let algorithm = "AWS4-HMAC-SHA256"

    let credentials: S3Credentials
    let region: String

    /// The headers to add to a request.
    /// - Parameter payload: The SHA-256 of the body in hexadecimal. The store refuses another body.
    func headers(for request: Request, payload: String, at time: SigningTime) -> [(name: String, value: String)] {
        var added = [("x-amz-content-sha256", payload), ("x-amz-date", time.text)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        var whole = request
        whole.headers += added.map { (name: $0.0, value: $0.1) }
        let signature = signature(of: whole, payload: payload, at: time)
        let authorization = """
            \(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(time)),SignedHeaders=\(Self.signedHeaders(whole)),\
            Signature=\(signature)
            """
        return (added + [("authorization", authorization)]).map { (name: $0.0, value: $0.1) }
    }

    /// The query that lets everybody send this request, for this many seconds from `time` on; at most seven days.
    func query(for request: Request, seconds: Int, at time: SigningTime) -> [(name: String, value: String)] {
        var whole = request
        whole.query += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(time))"),
            ("X-Amz-Date", time.text), ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", Self.signedHeaders(request)),
        ]
        if let token = credentials.sessionToken { whole.query.append(("X-Amz-Security-Token", token)) }
        let signature = signature(of: whole, payload: Self.unsignedPayload, at: time)
        return whole.query + [("X-Amz-Signature", signature)]
    }

    /// The query, encoded for a URL.
    static func encoded(_ query: [(name: String, value: String)]) -> String {
        query.map { "\(PercentEncoding.encode($0.name, slashes: true))=\(PercentEncoding.encode($0.value, slashes: true))" }
            .joined(separator: "&")
    }

    private func signature(of request: Request, payload: String, at time: SigningTime) -> String {
        // Sorted by the bytes of the encoded names, then of the values.
        let query = request.query
            .map { (PercentEncoding.encode($0.name, slashes: true), PercentEncoding.encode($0.value, slashes: true)) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0)=\($1)" }.joined(separator: "&")
        let headers = Self.sorted(request.headers).map { "\($0.name):\(Self.trimmed($0.value))\n" }.joined()
        let canonical = [request.method, request.path, query, headers, Self.signedHeaders(request), payload].joined(separator: "\n")
        let text = [Self.algorithm, time.text, scope(time), Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8)))]
            .joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [time.day, region, "s3", "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private func scope(_ time: SigningTime) -> String { "\(time.day)/\(region)/s3/aws4_request" }

    private static func signedHeaders(_ request: Request) -> String { sorted(request.headers).map(\.name).joined(separator: ";") }

    private static func sorted(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        headers.sorted { $0.name < $1.name }
    }

    /// Removes spaces around it, and makes each run of spaces one space.
    private static func trimmed(_ value: String) -> String { value.parts(at: " ").joined(separator: " ") }
}
