public import NIOCore
import SystemPackage

/// The bytes of a part of a stored file, in pieces. The next piece is fetched when the last one was taken. May be iterated once. Throws
/// ``StorageError`` when the storage fails.
public struct StoredPart: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    public typealias Failure = StorageError

    private let source: Source

    private enum Source {
        case nothing
        case file(SharedFile, Range<Int64>)
        case object(ObjectPieces, @Sendable (S3Failure) -> StorageError)
        case download(ObjectDownload, @Sendable (S3Failure) -> StorageError)
    }

    /// No bytes.
    init() {
        source = .nothing
    }

    /// The part of an open file, which is closed after the last use.
    init(_ file: consuming OpenedFile, _ range: Range<Int64>) {
        source = .file(SharedFile(file), range)
    }

    /// For a reader that may be slow.
    init(_ pieces: ObjectPieces, explain: @escaping @Sendable (S3Failure) -> StorageError) {
        source = .object(pieces, explain)
    }

    /// In one request, for a reader that takes the bytes as they come.
    init(_ download: ObjectDownload, explain: @escaping @Sendable (S3Failure) -> StorageError) {
        source = .download(download, explain)
    }

    /// The file on this machine, if the bytes are in one. The kernel can send it without this program reading it.
    public var file: StoredFilePart? {
        if case .file(let file, let range) = source { StoredFilePart(file: file, range: range) } else { nil }
    }

    public func makeAsyncIterator() -> Iterator {
        switch source {
        case .nothing: Iterator(state: .nothing)
        case .file(let file, let range):
            Iterator(state: .file(file, FileBytes(descriptor: file.descriptor, range: range).makeAsyncIterator()))
        case .object(let pieces, let explain): Iterator(state: .object(pieces.makeIterator(), explain))
        case .download(let download, let explain): Iterator(state: .download(download.makeIterator(), explain))
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate enum State {
            case nothing
            case file(SharedFile, FileBytes.Iterator)
            case object(ObjectPieces.Iterator, (S3Failure) -> StorageError)
            case download(ObjectDownload.Iterator, (S3Failure) -> StorageError)
        }

        fileprivate var state: State

        public mutating func next() async throws(StorageError) -> ByteBuffer? {
            switch state {
            case .nothing: return nil
            case .file(let file, var bytes):
                let piece = try await bytes.next()
                state = .file(file, bytes)
                return piece
            case .object(var bytes, let explain):
                do throws(S3Failure) {
                    let piece = try await bytes.next()
                    state = .object(bytes, explain)
                    return piece
                } catch {
                    throw explain(error)
                }
            case .download(var bytes, let explain):
                do throws(S3Failure) {
                    let piece = try await bytes.next()
                    state = .download(bytes, explain)
                    return piece
                } catch {
                    throw explain(error)
                }
            }
        }
    }
}

/// An open file that several values share.
final class SharedFile: Sendable {
    private let file: OpenedFile

    init(_ file: consuming OpenedFile) {
        self.file = file
    }

    var descriptor: SystemPackage.FileDescriptor { file.descriptor }
}
