internal import FFmpeg
internal import Recordings

extension Measurements {
    /// Adds what the two timelines say together: where the picture stalls, and where nothing came at all.
    mutating func add(video: StreamTimeline, audio: StreamTimeline, clock: RecordingClock) {
        if let last = video.end {
            let tail = FrameGaps.Gap(from: last, to: clock.end)
            stalls = (video.gaps.wide + [tail]).filter { $0.to - $0.from > FlagThresholds.stall }.map { clock.span($0.from, $0.to) }
        }
        // Sound is continuous, so a hole in it is one; a picture alone may just stand still.
        guard audio.packets > 0 else { return }
        let unheard = audio.gaps.wide.map { clock.span($0.from, $0.to) }
        let unseen = video.gaps.wide.map { clock.span($0.from, $0.to) }
        let common = video.packets > 0 ? Span.common(unheard, unseen) : unheard
        holes = common.filter { $0.lengthMs > milliseconds(FlagThresholds.hole) }
    }
}
