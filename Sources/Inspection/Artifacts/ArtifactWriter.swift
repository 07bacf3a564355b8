internal import Glibc
internal import Recordings
internal import SystemPackage

enum ArtifactWriter {
    /// Writes all bytes to the beginning of the file.
    static func write(_ bytes: [UInt8], to descriptor: FileDescriptor, _ kind: ArtifactKind) throws(InspectionError) {
        do {
            var done = 0
            try unsafe bytes.withUnsafeBytes { bytes in
                while done < bytes.count {
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                    done += try unsafe descriptor.write(toAbsoluteOffset: Int64(done), rest)
                }
            }
        } catch {
            throw .writing(kind, errno: (error as? Errno)?.rawValue ?? EIO)
        }
    }
}
