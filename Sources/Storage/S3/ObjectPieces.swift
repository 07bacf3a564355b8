import NIOCore
import Synchronization

/// A part of an object for a reader that may be slow, in pieces. Each piece is fetched whole by a request of its own, when the reader has taken the
/// one before. So a reader never holds a connection to the store while it takes nothing, and no more than two pieces are in memory for it.
struct ObjectPieces: Sendable {
    /// In bytes.
    static let length: Int64 = 256 << 10

    private let client: S3Client
    private let key: String
    private let range: Range<Int64>
    private let total: Int64
    private let tag: String
    private let first: FirstPiece

    /// Returns when the first piece is here.
    /// - Parameters:
    ///   - range: Not empty.
    ///   - total: The object's length.
    static func begin(_ client: S3Client, key: String, range: Range<Int64>, total: Int64) async throws(S3Failure) -> ObjectPieces {
        let (piece, tag) = try await fetch(client, key, range.prefix(Int(length)), total, tag: nil)
        return ObjectPieces(client: client, key: key, range: range, total: total, tag: tag, first: FirstPiece(piece))
    }

    private static func fetch(
        _ client: S3Client, _ key: String, _ range: Range<Int64>, _ total: Int64, tag: String?
    ) async throws(S3Failure) -> (ByteBuffer, tag: String) {
        let download = try await ObjectDownload.begin(client, key: key, range: range, total: total, tag: tag)
        var (whole, pieces) = (ByteBufferAllocator().buffer(capacity: range.count), download.makeIterator())
        while var piece = try await pieces.next() { whole.writeBuffer(&piece) }
        return (whole, download.tag)
    }

    /// May be iterated once.
    func makeIterator() -> Iterator { Iterator(pieces: self) }

    struct Iterator {
        private let pieces: ObjectPieces
        private var rest: Range<Int64>

        fileprivate init(pieces: ObjectPieces) {
            self.pieces = pieces
            rest = pieces.range
        }

        /// - Returns: The next piece, `nil` at the end.
        mutating func next() async throws(S3Failure) -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            let next = rest.prefix(Int(ObjectPieces.length))
            rest = next.upperBound..<rest.upperBound
            if let first = pieces.first.take() { return first }
            return try await ObjectPieces.fetch(pieces.client, pieces.key, next, pieces.total, tag: pieces.tag).0
        }
    }
}

/// The first piece until it is taken; it stays in memory no longer.
private final class FirstPiece: Sendable {
    private let piece: Mutex<ByteBuffer?>

    init(_ piece: ByteBuffer) { self.piece = Mutex(piece) }

    func take() -> ByteBuffer? {
        piece.withLock { piece in
            defer { piece = nil }
            return piece
        }
    }
}
