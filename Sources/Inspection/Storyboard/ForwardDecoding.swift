internal import FFmpeg

/// Reads a recording's picture a second time and decodes forward from keyframes, where the storyboard lacks pictures between them.
///
/// Only the end of the first reading shows where keyframes are far apart. Keeping the packets of a hundred seconds until then would take
/// too much memory; reading them again takes little time.
final class ForwardDecoding {
    private let demuxer: Demuxer
    private let stream: StreamInfo
    private let decoder: Decoder
    private let frame: Frame
    private let pictures: PictureAnalyser
    private var stretch: StoryboardPlan.Stretch?
    private var budget: Int
    /// Pixels that may still be decoded in the current stretch.
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

    /// Gives the pictures to `pictures`. Each stretch may use an equal share of the budget that is left; moments beyond it stay without a
    /// picture.
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
            // The frames after it are predicted from the one that could not be decoded.
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

    /// Takes the frames that the decoder still holds, before the next keyframe.
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
