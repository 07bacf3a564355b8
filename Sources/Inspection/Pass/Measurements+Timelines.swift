internal import FFmpeg
internal import Recordings

extension Measurements {
    /// Adds the stalls of the picture, and the holes in which neither stream has a packet.
    mutating func add(video: StreamTimeline, audio: StreamTimeline, clock: RecordingClock) {
        if let last = video.end {
            let tail = FrameGaps.Gap(from: last, to: clock.end)
            stalls = (video.gaps.wide + [tail]).filter { $0.to - $0.from > FlagThresholds.stall }.map { clock.span($0.from, $0.to) }
        }
        // Sound is continuous, so a gap in it is a hole. A picture without sound may just stand still.
        guard audio.packets > 0 else { return }
        let unheard = audio.gaps.wide.map { clock.span($0.from, $0.to) }
        let unseen = video.gaps.wide.map { clock.span($0.from, $0.to) }
        let common = video.packets > 0 ? Span.common(unheard, unseen) : unheard
        holes = common.filter { $0.lengthMs > milliseconds(FlagThresholds.hole) }
    }
}
