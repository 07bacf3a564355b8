internal import FFmpeg
internal import Recordings

/// Chooses the moments between keyframes that the storyboard also shows, so that no stretch of the answer is without a picture.
///
/// The answer is divided evenly. A moment for which there is a keyframe within half an interval is shown by that; the others are decoded
/// forward from the keyframe before them. That costs every frame in between, so it has a budget.
enum StoryboardPlan {
    /// The usual distance of moments. Browsers write a keyframe every 3 to 10 s and phones every second, so that for nearly all
    /// recordings there is nothing to decode forward.
    static let interval: Microseconds = 10_000_000
    /// Pixels that may be decoded forward in one recording: 72 s of 1280x720, or three and a half minutes of 640x480, at 30
    /// frames a second. Of what browsers record, a core of a slow AMD EPYC decodes so many in 2.3 s (VP8), 2.8 s (H.264), 3.6 s (VP9) or
    /// 4.4 s (AV1), by `ffmpeg -benchmark -threads 1`.
    static let pixelBudget = 2_000_000_000

    struct Stretch: Equatable {
        /// Time of the keyframe.
        var keyframe: Microseconds
        /// The next keyframe, whose time is no part of the stretch.
        var end: Microseconds?
        /// In order; at each, or as soon after it as there is a frame, a picture is wanted.
        var moments: [Microseconds]
    }

    /// - Parameter pictures: how many the keyframes gave. With a single one there is no choice of a poster, so a short answer
    ///   is divided into four.
    static func stretches(gaps: [KeyframeGaps.Gap], start: Microseconds, end: Microseconds, pictures: Int) -> [Stretch] {
        let length = end - start
        let usual = pictures <= 1 ? min(interval, length / 4) : interval
        let interval = max(usual, length / Int64(Storyboard.tilesAtMost) + 1)
        return gaps.compactMap { gap in
            let earliest = gap.isShown ? gap.from + interval / 2 + 1 : max(gap.from, start)
            let latest = min(gap.to.map { $0 - interval / 2 } ?? end, end)
            guard earliest < latest else { return nil }
            let first = start + (max(0, earliest - start) + interval - 1) / interval * interval
            let moments = Array(stride(from: first, to: latest, by: Int(interval)))
            return moments.isEmpty ? nil : Stretch(keyframe: gap.from, end: gap.to, moments: moments)
        }
    }
}
