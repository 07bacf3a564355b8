internal import CFFmpeg

/// Brings sound of any kind to planar 32-bit floating point with 48,000 samples a second in one or two channels, also where the
/// source changes its kind on the way.
@safe public final class Resampler {
    public static let sampleRate = 48_000

    public let channels: Int
    private var context: OpaquePointer?
    private let output: Frame

    /// - Parameter channels: 1 or 2.
    public init(channels: Int) throws(FFmpegError) {
        self.channels = channels
        output = try Frame()
        unsafe context = swr_alloc()
        guard let context = unsafe context else { throw FFmpegError(.outOfMemory, operation: "convert samples") }
        // Resamples even from 48,000 to 48,000, because only a resampler can stretch sound.
        unsafe av_opt_set_int(UnsafeMutableRawPointer(context), "flags", Int64(SWR_FLAG_RESAMPLE), 0)
    }

    deinit {
        unsafe swr_free(&context)
    }

    /// Samples that it still holds.
    public var delay: Int { unsafe swr_is_initialized(context) != 0 ? Int(swr_get_delay(context, Int64(Self.sampleRate))) : 0 }

    /// Makes the next second longer by so many samples, or shorter.
    public func stretch(by samples: Int) {
        guard unsafe swr_is_initialized(context) != 0 else { return }
        unsafe swr_set_compensation(context, CInt(samples), CInt(Self.sampleRate))
    }

    /// - Parameter frame: `nil` for what it still holds; nothing may follow.
    /// - Returns: a frame that the next call refills; it may be empty.
    public func convert(_ frame: Frame?) throws(FFmpegError) -> Frame {
        if let frame, unsafe frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            // Its channels are only counted; see `FloatConverter`.
            let count = unsafe frame.pointer.pointee.ch_layout.nb_channels
            unsafe av_channel_layout_default(&frame.pointer.pointee.ch_layout, count)
        }
        var status = try attempt(frame)
        if status == dailies_error_input_changed() {
            unsafe swr_close(context)
            status = try attempt(frame)
        }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "convert samples") }
        return output
    }

    private func attempt(_ frame: Frame?) throws(FFmpegError) -> CInt {
        unsafe av_frame_unref(output.pointer)
        guard unsafe frame != nil || swr_is_initialized(context) != 0 else { return 0 }
        unsafe output.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        unsafe output.pointer.pointee.sample_rate = CInt(Self.sampleRate)
        unsafe av_channel_layout_default(&output.pointer.pointee.ch_layout, CInt(channels))
        return unsafe swr_convert_frame(context, output.pointer, frame?.pointer)
    }
}
