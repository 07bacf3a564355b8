internal import FFmpeg

/// Reads a recording's picture a second time, and decodes forward where the storyboard misses moments between keyframes.
///
/// A second reading, because only at the end of the first is known where keyframes are far apart, and because holding the
/// packets of a hundred seconds would take more memory than reading them again takes time.
final class ForwardDecoding {
    private let demuxer: Demuxer
    private let stream: StreamInfo
    private let decoder: Decoder
    private let frame: Frame
    private let pictures: PictureAnalyser
    private var stretch: StoryboardPlan.Stretch?
    private var budget: Int
    /// Of the stretch at hand.
    private var allowance = 0
    /// Of one frame.
    private var pixels: Int

    init(_ demuxer: Demuxer, stream: StreamInfo, pictures: PictureAnalyser, maxPixels: Int, budget: Int = StoryboardPlan.pixelBudget)
        throws(FFmpegError)
    {
        self.demuxer = demuxer
        self.stream = stream
        self.pictures = pictures
        self.budget = budget
        pixels = (stream.width ?? 0) * (stream.height ?? 0)
        decoder = try Decoder(stream: stream.index, of: demuxer, maxPixels: maxPixels, skipsUnreferenced: true)
        frame = try Frame()
        demuxer.use(only: [stream.index])
    }

    /// Gives `pictures` what it finds. Each stretch may use an equal share of what is left of the budget; moments that are out of
    /// its reach stay without a picture.
    func look(at stretches: [StoryboardPlan.Stretch]) throws(FFmpegError) {
        var waiting = stretches
        let packet = try Packet()
        while stretch != nil || !waiting.isEmpty, try demuxer.read(into: packet) {
            guard packet.streamIndex == stream.index else { continue }
            if packet.isKeyframe {
                finish()
                if let index = waiting.firstIndex(where: { $0.keyframe == packet.time }) {
                    allowance = budget / waiting.count
                    stretch = waiting.remove(at: index)
                }
            }
            guard stretch != nil else { continue }
            decode(packet)
        }
        finish()
    }

    private func decode(_ packet: Packet) {
        do {
            try decoder.send(packet)
            pictures.count(isFailed: false)
            try receive()
        } catch {
            // All that follows is predicted from what could not be decoded.
            pictures.count(isFailed: true)
            abandon()
        }
        budget -= pixels
        allowance -= pixels
        if allowance < 0 { abandon() }
    }

    private func receive() throws(FFmpegError) {
        while let current = stretch, try decoder.receive(into: frame) {
            pixels = frame.width * frame.height
            guard let time = frame.time, !frame.isDamaged, pixels > 0 else { continue }
            if time == current.keyframe { try pictures.compare(from: frame) }
            guard let moment = current.moments.first, time >= moment, current.end.map({ time < $0 }) ?? true else { continue }
            try pictures.fill(with: frame, at: time)
            stretch?.moments.removeAll { $0 <= time }
            if stretch?.moments.isEmpty ?? true { abandon() }
        }
    }

    /// Takes what the decoder holds back, before the next keyframe.
    private func finish() {
        guard stretch != nil else { return }
        decoder.drain()
        try? receive()
        abandon()
    }

    private func abandon() {
        stretch = nil
        decoder.restart()
    }
}
