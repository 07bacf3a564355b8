internal import CFFmpeg
internal import Glibc
internal import SystemPackage

/// FFmpeg's view of one open descriptor: reads, writes and seeks, and no way to open anything else.
///
/// It keeps its own position (`pread`, `pwrite`), so that the descriptor's is neither used nor moved and two streams can
/// look at the same file. It borrows the descriptor and never closes it.
@safe final class DescriptorStream {
    /// Large enough that a 700 kbit/s recording costs one read per third of a second, small enough to stay in cache.
    private static let readBytes = 32 * 1024
    /// Large writes cost the kernel less: 12 MB take 3.5 ms rather than 5 ms.
    private static let writeBytes = 256 * 1024

    private let descriptor: CInt
    private let maxBytes: Int64
    private var position: Int64 = 0
    /// The first failure of the descriptor itself. FFmpeg turns it into one of its own codes, or takes it for the end of the file.
    private(set) var failure: CInt?
    private(set) var context: UnsafeMutablePointer<AVIOContext>?

    /// - Parameter maxBytes: where writing stops with `EFBIG`; unused for reading.
    init(_ descriptor: FileDescriptor, writable: Bool = false, maxBytes: Int64 = .max) throws(FFmpegError) {
        self.descriptor = descriptor.rawValue
        self.maxBytes = maxBytes
        unsafe context = nil
        let bytes = writable ? Self.writeBytes : Self.readBytes
        guard let buffer = unsafe av_malloc(bytes) else {
            throw FFmpegError(.outOfMemory, operation: "start reading")
        }
        unsafe context = dailies_io_alloc(
            buffer.assumingMemoryBound(to: UInt8.self), CInt(bytes), writable ? 1 : 0,
            Unmanaged.passUnretained(self).toOpaque(),
            { opaque, bytes, count in
                guard let bytes = unsafe bytes else { return dailies_error_invalid_data() }
                return unsafe DescriptorStream.of(opaque)?.read(into: bytes, count: Int(count)) ?? dailies_error_invalid_data()
            },
            { opaque, bytes, count in
                guard let bytes = unsafe bytes else { return dailies_error_invalid_data() }
                return unsafe DescriptorStream.of(opaque)?.write(bytes, count: Int(count)) ?? dailies_error_invalid_data()
            },
            { opaque, offset, whence in
                unsafe DescriptorStream.of(opaque)?.seek(to: offset, whence: whence) ?? Int64(dailies_error_invalid_data())
            })
        guard let context = unsafe context else {
            unsafe av_free(buffer)
            throw FFmpegError(.outOfMemory, operation: "start reading")
        }
        // Without this, a muxer writes each packet by itself.
        if writable { unsafe context.pointee.min_packet_size = CInt(bytes) }
    }

    deinit {
        if let context = unsafe context {
            // FFmpeg may have replaced the buffer it was given, so free the one it has now.
            unsafe av_free(context.pointee.buffer)
            unsafe avio_context_free(&self.context)
        }
    }

    private static func of(_ opaque: UnsafeMutableRawPointer?) -> DescriptorStream? {
        unsafe opaque.map { unsafe Unmanaged<DescriptorStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(into bytes: UnsafeMutablePointer<UInt8>, count: Int) -> CInt {
        // Beyond the largest offset of a file the kernel returns EINVAL, which would look like a failure of the descriptor. Numbers in a
        // recording can lead there.
        guard !position.addingReportingOverflow(Int64(count)).overflow else { return dailies_error_eof() }
        while true {
            let got = unsafe pread(descriptor, bytes, count, off_t(position))
            if got > 0 {
                position += Int64(got)
                return CInt(got)
            }
            if got == 0 { return dailies_error_eof() }
            if errno != EINTR { return fail(errno) }
        }
    }

    private func write(_ bytes: UnsafePointer<UInt8>, count: Int) -> CInt {
        guard Int64(count) <= maxBytes - min(position, maxBytes) else { return fail(EFBIG) }
        var done = 0
        while done < count {
            let put = unsafe pwrite(descriptor, bytes + done, count - done, off_t(position))
            if put > 0 {
                done += put
                position += Int64(put)
            } else if put == 0 {
                return fail(EIO)
            } else if errno != EINTR {
                return fail(errno)
            }
        }
        return CInt(count)
    }

    private func seek(to offset: Int64, whence: CInt) -> Int64 {
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return size() ?? Int64(fail(EIO))
        case SEEK_SET: position = max(0, offset)
        case SEEK_CUR: position = max(0, Self.sum(position, offset))
        case SEEK_END:
            guard let size = size() else { return Int64(fail(EIO)) }
            position = max(0, Self.sum(size, offset))
        default: return Int64(dailies_error_invalid_data())
        }
        return position
    }

    /// Adds two numbers that a recording may have made up, without overflow.
    private static func sum(_ position: Int64, _ offset: Int64) -> Int64 {
        let (sum, overflow) = position.addingReportingOverflow(offset)
        return overflow ? (offset > 0 ? .max : 0) : sum
    }

    private func size() -> Int64? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : nil
    }

    private func fail(_ code: CInt) -> CInt {
        failure = failure ?? code
        return dailies_error_from_errno(code)
    }
}
