import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What a store says of an object.
struct ObjectHead: Sendable {
    /// Its length.
    var bytes: Int64
    /// `nil` only for an empty object.
    var tag: String?
    /// For how many seconds the store has had it, by its own clock; `nil` when it did not say.
    var age: Int?

    /// - Parameters:
    ///   - bytes: The object's length, as the answer announces it.
    ///   - now: This machine's time, for an answer without a date.
    init(_ headers: HTTPHeaders, bytes: Int64?, now: SigningTime) throws(S3Failure) {
        guard let bytes, bytes >= 0 else { throw .broken("it did not say how large the file is") }
        guard let tag = headers.first(name: "etag") else { throw .untagged }
        self.bytes = bytes
        self.tag = tag
        let time = headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) ?? now
        age = headers.first(name: "last-modified").flatMap(SigningTime.init(httpDate:)).map {
            time.secondsSince1970 - $0.secondsSince1970
        }
    }

    private init(bytes: Int64) { self.bytes = bytes }

    static let empty = ObjectHead(bytes: 0)
}

extension S3Client {
    /// What the store says of an object; `nil` only when it says that there is none.
    ///
    /// The answer to HEAD has no body. So where the store refuses it, the same is asked for by GET, whose refusal tells the reason.
    func head(of key: String) async throws(S3Failure) -> ObjectHead? {
        try await trying { () throws(S3Failure) -> ObjectHead? in
            do throws(S3Failure) {
                let headers = try await sendOnce(S3Request(method: .HEAD, key: key)).headers
                return try ObjectHead(headers, bytes: headers.first(name: "content-length").flatMap { Int64($0) }, now: now)
            } catch {
                switch error {
                case .refused, .elsewhere: return try await probe(key)
                default: throw error
                }
            }
        }
    }

    /// The same by GET, for the first byte, with one try.
    func probe(_ key: String) async throws(S3Failure) -> ObjectHead? {
        let response: HTTPClientResponse
        do throws(S3Failure) {
            response = try await open(S3Request(method: .GET, key: key, headers: [("range", "bytes=0-0")]))
        } catch {
            switch error {
            case .refused(status: 404, "NoSuchKey"): return nil
            // It has no first byte.
            case .refused(status: 416, _): return .empty
            default: throw error
            }
        }
        switch response.status {
        case .partialContent:
            let range = response.headers.first(name: "content-range") ?? ""
            guard range.utf8.starts(with: "bytes 0-0/".utf8) else { throw .broken("it announced other bytes than it was asked for") }
            do {
                // Read to its end, so that the connection serves the next request.
                _ = try await response.body.collect(upTo: 1)
            } catch {
                throw failure(error)
            }
            return try ObjectHead(response.headers, bytes: Int64(Substring(range.utf8.dropFirst(10))), now: now)
        // The store does not support ranges. The body is not read.
        case .ok:
            return try ObjectHead(
                response.headers, bytes: response.headers.first(name: "content-length").flatMap { Int64($0) }, now: now)
        default: throw .broken("it answered \(response.status.code) to a request for a file")
        }
    }
}
