import AsyncHTTPClient
import ForeignText
import NIOCore
import NIOHTTP1

/// Downloads bytes of one object. After an interruption it continues at the same place, as long as the object's entity tag is the same.
///
/// Bytes count only when the store says which they are: those of the range, of an object of this length, with this entity tag. Fewer bytes and more
/// bytes than that are a failure.
struct ObjectDownload: Sendable {
    let client: S3Client
    let key: String
    /// The range; not empty.
    let range: Range<Int64>
    /// The object's length, as announced.
    let total: Int64
    /// The entity tag, as announced.
    let tag: String

    private let first: HTTPClientResponse

    /// Requests the bytes, and returns when the response begins.
    /// - Parameter tag: The entity tag of an earlier response; `nil` when only the object's length is known.
    static func begin(
        _ client: S3Client, key: String, range: Range<Int64>, total: Int64, tag: String?
    ) async throws(S3Failure) -> ObjectDownload {
        let (first, found) = try await client.trying { () throws(S3Failure) in
            try await Self.open(client, key: key, range: range, total: total, tag: tag)
        }
        return ObjectDownload(client: client, key: key, range: range, total: total, tag: found, first: first)
    }

    /// The bytes in order. May be iterated once.
    func makeIterator() -> Iterator { Iterator(download: self) }

    struct Iterator {
        private let download: ObjectDownload
        private var offset: Int64
        private var stream: ObjectStream?
        private var backoff: Backoff

        fileprivate init(download: ObjectDownload) {
            self.download = download
            offset = download.range.lowerBound
            stream = ObjectStream(download.first, client: download.client)
            backoff = download.client.configuration.retries
        }

        /// - Returns: The next piece, `nil` at the end.
        mutating func next() async throws(S3Failure) -> ByteBuffer? {
            while offset < download.range.upperBound {
                do throws(S3Failure) {
                    let piece = try await nextOfStream()
                    let end = offset + Int64(piece.readableBytes)
                    guard end <= download.range.upperBound else { throw Self.tooMuch }
                    if end == download.range.upperBound { try await expectEnd() }
                    if offset / progress < end / progress { backoff.progressed() }
                    offset = end
                    return piece
                } catch {
                    stream = nil
                    try await download.client.wait(after: error, &backoff)
                }
            }
            return nil
        }

        private mutating func nextOfStream() async throws(S3Failure) -> ByteBuffer {
            if stream == nil {
                let (download, rest) = (download, offset..<download.range.upperBound)
                let (response, _) = try await ObjectDownload.open(
                    download.client, key: download.key, range: rest, total: download.total, tag: download.tag)
                stream = ObjectStream(response, client: download.client)
            }
            guard let piece = try await stream?.next() else { throw .broken("fewer bytes came than were announced") }
            return piece
        }

        /// Without an announced length only the end tells that no more follows.
        private mutating func expectEnd() async throws(S3Failure) {
            guard let stream, !stream.isBounded else { return }
            while let piece = try await self.stream?.next() {
                guard piece.readableBytes == 0 else { throw Self.tooMuch }
            }
        }

        private static let tooMuch = S3Failure.broken("more bytes came than were announced")

        /// After this many bytes the count of failures starts again.
        private let progress: Int64 = 1 << 20
    }

    private static func open(
        _ client: S3Client, key: String, range: Range<Int64>, total: Int64, tag: String?
    ) async throws(S3Failure) -> (HTTPClientResponse, tag: String) {
        var request = S3Request(method: .GET, key: key)
        request.headers = [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        if let tag { request.headers.append(("if-match", tag)) }
        let response: HTTPClientResponse
        do throws(S3Failure) {
            response = try await client.open(request)
        } catch {
            switch error {
            // 416: it has become shorter.
            case .refused(status: 412, _), .refused(status: 416, _): throw .changed
            default: throw error
            }
        }
        guard let found = response.headers.first(name: "etag") else { throw .untagged }
        // Not every store keeps to If-Match.
        if let tag, !found.utf8.elementsEqual(tag.utf8) { throw .changed }
        let announced = response.headers.first(name: "content-range") ?? ""
        let bytes = response.headers.first(name: "content-length").flatMap { Int64($0) }
        switch response.status {
        case .partialContent where announced == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)":
            guard bytes == nil || bytes == Int64(range.count) else { throw .broken("it announced another length than that of its range") }
        case .partialContent
        where announced.begins(with: "bytes ") && Int64(announced.cut(atLast: "/")?.after ?? "") != nil
            && !announced.ends(with: "/\(total)"):
            throw .changed
        // The store does not support ranges.
        case .ok where range.lowerBound == 0 && range.upperBound == total:
            guard bytes == nil || bytes == total else { throw .changed }
        default: throw .broken("it announced other bytes than it was asked for")
        }
        return (response, found)
    }
}

/// The body of one response, with a minimum rate. Only the time spent waiting for bytes counts, not the time to process them.
private struct ObjectStream {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let client: S3Client
    /// Whether its length was announced, so that it ends there.
    let isBounded: Bool
    private var bytes: Int64 = 0
    private var waited = Duration.zero

    init(_ response: HTTPClientResponse, client: S3Client) {
        iterator = response.body.makeAsyncIterator()
        self.client = client
        isBounded = response.headers.contains(name: "content-length")
    }

    mutating func next() async throws(S3Failure) -> ByteBuffer? {
        let begin = ContinuousClock.now
        let piece: ByteBuffer?
        do {
            piece = try await iterator.next(isolation: #isolation)
        } catch {
            throw client.failure(error)
        }
        waited += ContinuousClock.now - begin
        bytes += Int64(piece?.readableBytes ?? 0)
        let slowest = client.configuration.slowest
        guard waited < client.configuration.slowGrace || Double(bytes) >= Double(slowest) * (waited / .seconds(1)) else {
            throw .broken("it sent less than \(slowest >> 10) KiB a second")
        }
        return piece
    }
}
