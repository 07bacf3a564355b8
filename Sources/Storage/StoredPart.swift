public import NIOCore
import SystemPackage

/// Bytes of a stored file on their way to somebody, piece by piece in order; the next is fetched when the last was taken. To be gone through
/// once. Throws ``StorageError`` where the storage fails in the middle.
public struct StoredPart: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    public typealias Failure = StorageError

    private let source: Source

    private enum Source {
        case nothing
        case file(SharedFile, Range<Int64>)
        case object(ObjectDownload, @Sendable (S3Failure) -> StorageError)
    }

    /// No bytes.
    init() {
        source = .nothing
    }

    /// Of an open file, which is closed when nobody reads it any more.
    init(_ file: consuming OpenedFile, _ range: Range<Int64>) {
        source = .file(SharedFile(file), range)
    }

    init(_ download: ObjectDownload, explain: @escaping @Sendable (S3Failure) -> StorageError) {
        source = .object(download, explain)
    }

    /// Where the bytes lie, when that is a file on this machine: its descriptor can be handed to the kernel, and nothing has to be read.
    public var file: StoredFilePart? {
        if case .file(let file, let range) = source { StoredFilePart(file: file, range: range) } else { nil }
    }

    public func makeAsyncIterator() -> Iterator {
        switch source {
        case .nothing: Iterator(state: .nothing)
        case .file(let file, let range):
            Iterator(state: .file(file, FileBytes(descriptor: file.descriptor, range: range).makeAsyncIterator()))
        case .object(let download, let explain): Iterator(state: .object(download.makeIterator(), explain))
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate enum State {
            case nothing
            case file(SharedFile, FileBytes.Iterator)
            case object(ObjectDownload.Iterator, (S3Failure) -> StorageError)
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
            }
        }
    }
}

/// An open file that copies of a value share.
final class SharedFile: Sendable {
    private let file: OpenedFile

    init(_ file: consuming OpenedFile) {
        self.file = file
    }

    var descriptor: SystemPackage.FileDescriptor { file.descriptor }
}
