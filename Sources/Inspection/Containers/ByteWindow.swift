internal import Glibc
internal import SystemPackage

/// Reads a file's structure through a window that moves forward: one read for each 64 KiB, and none for what is skipped.
struct ByteWindow {
    private static let length = 64 * 1024

    let size: Int64
    private let descriptor: FileDescriptor
    private var bytes: [UInt8] = []
    private var start: Int64 = 0

    init(_ descriptor: FileDescriptor) throws(InspectionError) {
        self.descriptor = descriptor
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw .reading(errno: errno) }
        size = Int64(status.st_size)
    }

    /// Up to `count` bytes from `offset`, fewer only at the file's end.
    mutating func read(_ count: Int, at offset: Int64) throws(InspectionError) -> ArraySlice<UInt8> {
        guard offset >= 0, offset < size else { return [] }
        let wanted = Int(min(Int64(count), size - offset))
        if offset < start || offset + Int64(wanted) > start + Int64(bytes.count) {
            try fill(from: offset, atLeast: wanted)
        }
        let first = Int(offset - start)
        return bytes[min(first, bytes.count)..<min(first + wanted, bytes.count)]
    }

    private mutating func fill(from offset: Int64, atLeast count: Int) throws(InspectionError) {
        start = offset
        let wanted = Int(min(Int64(max(Self.length, count)), size - offset))
        do {
            bytes = try unsafe Array(unsafeUninitializedCapacity: wanted) { buffer, done in
                while done < wanted {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[done...])
                    let got = try unsafe descriptor.read(fromAbsoluteOffset: offset + Int64(done), into: rest)
                    if got == 0 { break }
                    done += got
                }
            }
        } catch {
            throw .reading(errno: (error as? Errno)?.rawValue ?? EIO)
        }
    }
}
