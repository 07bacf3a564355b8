internal import FFmpeg

/// Decodes every frame, and encodes pictures of one size at a constant rate.
final class RenditionPicture {
    private let plan: RenditionPlan.Picture
    private let origin: Microseconds
    private let decoder: Decoder
    private let encoder: Encoder
    private let stream: Int
    private let writer: RenditionWriter
    private let scaler = Scaler(.rendition)
    private let frame: Frame
    private var steady = ConstantRateFrames()
    private var shown: Picture?

    /// - Parameter origin: the rendition's zero.
    init(
        _ plan: RenditionPlan.Picture, _ origin: Microseconds, of demuxer: Demuxer, maxPixels: Int, _ writer: RenditionWriter
    ) throws(FFmpegError) {
        self.plan = plan
        self.origin = origin
        self.writer = writer
        decoder = try Decoder(stream: plan.stream.index, of: demuxer, maxPixels: maxPixels, input: .wholeStream)
        encoder = try Encoder(h264: plan.size.width, plan.size.height, form: plan.form, rate: plan.rate)
        stream = try writer.addStream(of: encoder)
        frame = try Frame()
    }

    /// A packet that cannot be decoded is skipped: the frame before it stays.
    func add(_ packet: Packet) throws(FFmpegError) {
        guard (try? decoder.send(packet)) != nil else { return }
        try receive()
    }

    func finish() throws(FFmpegError) {
        decoder.drain()
        try receive()
        try write(steady.finish(before: plan.rate.frame(at: plan.end - origin)))
        try encoder.finish()
        try writer.drain(encoder, stream: stream)
    }

    /// The end of what has been written, on the rendition's clock.
    var end: Microseconds { plan.rate.time(ofFrame: steady.next) }

    private func receive() throws(FFmpegError) {
        while (try? decoder.receive(into: frame)) == true {
            guard frame.width > 0, frame.height > 0, let time = frame.likelyTime else { continue }
            let due = steady.arrive(at: max(0, plan.rate.frame(at: time - origin)))
            try write(due)
            // A frame that cannot be converted is replaced by the one before.
            shown = (try? picture()) ?? shown
        }
    }

    private func write(_ numbers: Range<Int64>) throws(FFmpegError) {
        guard let shown else { return }
        for number in numbers {
            try encoder.send(shown, number: number)
            try writer.drain(encoder, stream: stream)
        }
    }

    /// The decoded frame as it is displayed: stretched to square pixels, turned, and centred on black where its shape is not the first
    /// frame's.
    private func picture() throws(FFmpegError) -> Picture {
        let whole = DisplayedSize(
            codedWidth: frame.width, codedHeight: frame.height, sampleAspect: plan.stream.sampleAspect ?? frame.sampleAspect,
            orientation: plan.stream.orientation)
        let fitted = whole.fitted(plan.size, even: true)
        let unturned = fitted.unturned(plan.stream.orientation)
        let scaled = try Picture(width: unturned.width, height: unturned.height, form: plan.form)
        try scaler.scale(frame, into: scaled)
        let turned = try scaled.turned(plan.stream.orientation)
        guard fitted != plan.size else { return turned }
        let framed = try Picture(width: plan.size.width, height: plan.size.height, form: plan.form)
        framed.place(turned, x: (plan.size.width - fitted.width) / 4 * 2, y: (plan.size.height - fitted.height) / 4 * 2)
        return framed
    }
}
