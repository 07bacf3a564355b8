import Glibc
public import SystemPackage

/// A part of a stored file that is open on this machine. The file is closed with the last copy of this value.
public struct StoredFilePart: Sendable {
    /// How many bytes are read into memory at once.
    private static let stretch: Int64 = 2 << 20
    private static let little = 256 << 10

    private let file: SharedFile
    public let range: Range<Int64>

    init(file: SharedFile, range: Range<Int64>) {
        self.file = file
        self.range = range
    }

    /// Read-only; valid as long as this value.
    public var descriptor: SystemPackage.FileDescriptor { file.descriptor }

    /// The range in stretches. The first is in memory; ``load(_:)`` reads each of the others into memory.
    public var stretches: [Range<Int64>] { Self.stretches(of: range) }

    static func stretches(of range: Range<Int64>) -> [Range<Int64>] {
        stride(from: range.lowerBound, to: range.upperBound, by: Int(stretch)).map { $0..<min($0 + stretch, range.upperBound) }
    }

    /// Returns when a stretch is in memory, so that copying it does not wait for a disk.
    /// - Throws: ``StorageError`` when the file has become shorter, or cannot be read.
    public func load(_ stretch: Range<Int64>) async throws(StorageError) {
        guard stretch.lowerBound != range.lowerBound else { return }
        let file = file
        try await BlockingWork.run { () throws(StorageError) in try Self.load(stretch, of: file.descriptor) }
    }

    /// Waits for the disk.
    static func load(_ stretch: Range<Int64>, of descriptor: SystemPackage.FileDescriptor) throws(StorageError) {
        // The kernel looks at each page of what it is told of; for little it is told nothing, and reads ahead by itself.
        if stretch.count > Self.little {
            _ = posix_fadvise(descriptor.rawValue, off_t(stretch.lowerBound), off_t(stretch.count), POSIX_FADV_WILLNEED)
        }
        // A byte in each part that the kernel reads at once, and the last.
        for place in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 64 << 10) + [stretch.upperBound - 1] {
            let got: Int
            do {
                var byte: UInt8 = 0
                got = try withUnsafeMutableBytes(of: &byte) { try descriptor.read(fromAbsoluteOffset: place, into: $0) }
            } catch {
                throw StorageError(error as? Errno ?? .ioError, cannot: "read a file to its end")
            }
            guard got == 1 else { throw StorageError(.unreadableSource, "A file became shorter while it was read.") }
        }
    }
}
