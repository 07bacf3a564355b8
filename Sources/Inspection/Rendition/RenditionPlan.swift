internal import FFmpeg
internal import Recordings

/// What must be known of a recording before its first frame is encoded. It takes a pass of its own: browsers say neither how long a
/// recording is nor how many frames it has, and the sizes in a header may be wrong.
struct RenditionPlan {
    struct Picture {
        var stream: StreamInfo
        /// The size as displayed, with even sides.
        var size: DisplayedSize
        var form: FFmpeg.Picture.Form
        var rate: FrameRate
        /// The end of the last packet.
        var end: Microseconds
    }

    struct Sound {
        var stream: StreamInfo
        var channels: Int
    }

    /// The earliest timestamp of any used stream: the rendition's zero.
    var origin: Microseconds
    var picture: Picture?
    var sound: Sound?

    /// Reads all packets, and decodes until each stream has given its first frame.
    /// - Throws: `Obstruction` for a recording that has none or exceeds a limit.
    init(of demuxer: Demuxer, limits: InspectionLimits) throws {
        let choice = StreamChoice(of: demuxer.streams)
        demuxer.use(only: choice.indices)
        var looking = choice.video.flatMap { try? FirstFrame(of: $0, demuxer, limits) }
        var listening = choice.audio.flatMap { try? FirstFrame(of: $0, demuxer, limits) }
        var (video, audio) = (StreamTimeline(), StreamTimeline())
        let packet = try Packet()
        var packets = 0
        while try demuxer.read(into: packet) {
            packets += 1
            guard packets <= limits.packets else { throw Obstruction(.limit) }
            if packet.streamIndex == choice.video?.index {
                looking?.look(at: packet)
                if !packet.isDiscarded { video.add(packet) }
            } else if packet.streamIndex == choice.audio?.index {
                listening?.look(at: packet)
                if !packet.isDiscarded { audio.add(packet) }
            }
        }
        looking?.finish()
        listening?.finish()
        let seen = looking?.found == nil ? nil : video
        let heard = listening?.found == nil ? nil : audio
        guard let origin = [seen?.start, heard?.start].compactMap({ $0 }).min() else { throw Obstruction(.notDecodable) }
        let end = [seen?.end, heard?.end].compactMap { $0 }.max() ?? origin
        guard end - origin <= Int64(limits.durationSeconds) * 1_000_000 else { throw Obstruction(.limit) }
        self.origin = origin
        if let stream = choice.video, let frame = looking?.found, let start = seen?.start, let end = seen?.end {
            let shown = DisplayedSize(
                codedWidth: frame.width, codedHeight: frame.height, sampleAspect: stream.sampleAspect ?? frame.sampleAspect,
                orientation: stream.orientation)
            picture = Picture(
                stream: stream, size: shown.fitted(side: Rendition.longestSide, even: true), form: frame.videoForm,
                rate: .constant(frames: video.packets, over: end - start), end: end)
        }
        if let stream = choice.audio, let frame = listening?.found {
            sound = Sound(stream: stream, channels: min(frame.channelCount, 2))
        }
    }
}
