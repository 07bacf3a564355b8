internal import FFmpeg
internal import Recordings

extension FrameRate {
    private static let usual = [
        FrameRate(10), FrameRate(12), FrameRate(15), FrameRate(20), FrameRate(24_000, 1001), FrameRate(24), FrameRate(25),
        FrameRate(30_000, 1001), FrameRate(30),
    ]

    /// The constant rate for frames that may have come at any pace: their own where it is a usual one, or half or a quarter of it where
    /// it is faster than 30; otherwise 30, at which no frame is missed that is needed for smooth motion.
    /// - Parameter span: from the first frame's start to the last one's end, or to its start where its end is unknown.
    static func constant(frames: Int, over span: Microseconds) -> FrameRate {
        guard frames > 1, span > 0 else { return FrameRate(Int32(Rendition.fastestRate)) }
        let seconds = Double(span) / 1_000_000
        // Whether the last frame's length is in the span is not known: the true rate lies between these two.
        var (slow, fast) = (Double(frames - 1) / seconds, Double(frames) / seconds)
        while slow > Double(Rendition.fastestRate) * 1.01 { (slow, fast) = (slow / 2, fast / 2) }
        let fitting = usual.filter { slow * 0.9995 <= $0.framesPerSecond && $0.framesPerSecond <= fast * 1.0005 }
        // Of several that the length of a short recording leaves open, the whole number: cameras have that.
        return fitting.first { $0.denominator == 1 } ?? fitting.first ?? FrameRate(Int32(Rendition.fastestRate))
    }
}
