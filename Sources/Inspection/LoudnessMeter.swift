internal import CEbur128
internal import FFmpeg

/// Loudness after EBU R 128, by libebur128.
@safe final class LoudnessMeter {
    private var state: UnsafeMutablePointer<ebur128_state>?
    private let channels: Int
    /// Samples in the order that the library wants: all channels of one moment, then the next moment.
    private var interleaved: [Float] = []

    /// `nil` for a number of channels or a rate that the standard's filters are not made for.
    init?(channels: Int, sampleRate: Int) {
        self.channels = channels
        unsafe state = ebur128_init(
            UInt32(channels), UInt(sampleRate), CInt(EBUR128_MODE_I.rawValue | EBUR128_MODE_LRA.rawValue))
        if unsafe state == nil { return nil }
    }

    deinit {
        unsafe ebur128_destroy(&state)
    }

    /// Measures a frame of planar samples with as many channels as the meter.
    func add(_ frame: Frame) {
        let count = frame.sampleCount
        if channels == 1 {
            guard let samples = unsafe frame.samples(channel: 0), let first = samples.baseAddress else { return }
            unsafe ebur128_add_frames_float(state, first, count)
            return
        }
        if interleaved.count < count * channels { interleaved = Array(repeating: 0, count: count * channels) }
        unsafe interleaved.withUnsafeMutableBufferPointer { target in
            guard let target = target.baseAddress else { return }
            for channel in 0..<channels {
                guard let samples = unsafe frame.samples(channel: channel), let source = samples.baseAddress else { return }
                var to = unsafe target + channel
                for index in 0..<count {
                    unsafe to.pointee = unsafe source[index]
                    unsafe to += channels
                }
            }
            unsafe ebur128_add_frames_float(state, target, count)
        }
    }

    /// Integrated loudness in LUFS; `nil` when nothing was louder than the standard's absolute gate of -70 LUFS.
    var integrated: Double? {
        var value = 0.0
        guard unsafe ebur128_loudness_global(state, &value) == CInt(EBUR128_SUCCESS.rawValue), value.isFinite else { return nil }
        return value
    }

    /// Loudness range in LU; `nil` like `integrated`.
    var range: Double? {
        var value = 0.0
        guard integrated != nil, unsafe ebur128_loudness_range(state, &value) == CInt(EBUR128_SUCCESS.rawValue), value.isFinite
        else { return nil }
        return value
    }
}
