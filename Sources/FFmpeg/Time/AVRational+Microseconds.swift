internal import CFFmpeg

extension AVRational {
    static let microsecond = AVRational(num: 1, den: 1_000_000)

    /// `nil` for FFmpeg's "no timestamp", for a broken time base, and for what would not fit.
    func microseconds(_ ticks: Int64) -> Microseconds? {
        guard ticks != dailies_no_timestamp(), num > 0, den > 0 else { return nil }
        let time = av_rescale_q(ticks, self, .microsecond)
        // More than 73,000 years is no time, and sums of such values would overflow.
        return time.magnitude < 1 << 61 ? time : nil
    }

    func ticks(_ time: Microseconds) -> Int64 {
        av_rescale_q(time, .microsecond, self)
    }
}
