internal import FFmpeg

/// The times of one stream's packets.
///
/// A packet lasts as long as the container, or the codec's own header, says, or all sounds of its codec do. Where nothing says anything
/// (browsers' video, the last packet of an MP4 in fragments), its end is its start: a guess from its neighbours would differ by a frame
/// from every other tool, and would often be wrong.
struct StreamTimeline {
    private(set) var start: Microseconds?
    private(set) var end: Microseconds?
    private(set) var packets = 0
    private(set) var keyframes = 0
    private(set) var longestKeyframeGap: Microseconds?
    private(set) var gaps = FrameGaps()
    private var lastKeyframe: Microseconds?

    mutating func add(_ packet: Packet) {
        packets += 1
        guard let time = packet.time else { return }
        start = min(start ?? time, time)
        end = max(end ?? time, time + (packet.duration ?? 0))
        gaps.add(time)
        if packet.isKeyframe {
            keyframes += 1
            if let lastKeyframe { longestKeyframeGap = max(longestKeyframeGap ?? 0, time - lastKeyframe) }
            lastKeyframe = time
        }
    }

    mutating func finish() {
        gaps.finish()
    }
}
