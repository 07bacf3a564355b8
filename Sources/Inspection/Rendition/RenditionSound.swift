internal import FFmpeg

/// Decodes the sound, keeps it with the picture, and encodes it.
final class RenditionSound {
    private let origin: Microseconds
    private let decoder: Decoder
    private let resampler: Resampler
    private let encoder: Encoder
    private let stream: Int
    private let writer: RenditionWriter
    private let frame: Frame
    /// Samples that wait for a whole packet, by channel.
    private var waiting: [[Float]]
    private var encoded = 0
    /// Samples that are still to be skipped.
    private var surplus = 0

    /// - Parameter origin: the rendition's zero.
    init(
        _ plan: RenditionPlan.Sound, _ origin: Microseconds, of demuxer: Demuxer, maxPixels: Int, _ writer: RenditionWriter
    ) throws(FFmpegError) {
        self.origin = origin
        self.writer = writer
        decoder = try Decoder(stream: plan.stream.index, of: demuxer, maxPixels: maxPixels, input: .wholeStream)
        resampler = try Resampler(channels: plan.channels)
        encoder = try Encoder(aac: plan.channels)
        stream = try writer.addStream(of: encoder)
        frame = try Frame()
        waiting = Array(repeating: [], count: plan.channels)
    }

    /// A packet that cannot be decoded becomes silence, once the next timestamp shows the gap.
    func add(_ packet: Packet) throws(FFmpegError) {
        guard (try? decoder.send(packet)) != nil else { return }
        try receive()
    }

    func finish() throws(FFmpegError) {
        decoder.drain()
        try receive()
        try append(try resampler.convert(nil))
        let rest = waiting.first?.count ?? 0
        if rest > 0 { try encode(0..<rest) }
        try encoder.finish()
        try writer.drain(encoder, stream: stream)
    }

    /// The end of what has been written, on the rendition's clock.
    var end: Microseconds { Int64(encoded) * 1_000_000 / Int64(Resampler.sampleRate) }

    private func receive() throws(FFmpegError) {
        while (try? decoder.receive(into: frame)) == true {
            guard frame.sampleCount > 0 else { continue }
            if let time = frame.likelyTime { try align(to: time - origin) }
            guard let converted = try? resampler.convert(frame) else { continue }
            try append(converted)
        }
    }

    private func align(to time: Microseconds) throws(FFmpegError) {
        let due = Int(time * Int64(Resampler.sampleRate) / 1_000_000)
        let position = encoded + (waiting.first?.count ?? 0) + resampler.delay - surplus
        switch SoundAlignment(due: due, position: position, sampleRate: Resampler.sampleRate) {
        case .asItIs: break
        case .pause(let samples): try pause(samples)
        case .skip(let samples): surplus = samples
        case .stretch(let samples): resampler.stretch(by: samples)
        }
    }

    /// Adds a second at a time, because a pause may last an hour.
    private func pause(_ samples: Int) throws(FFmpegError) {
        var left = samples
        while left > 0 {
            let count = min(left, Resampler.sampleRate)
            for channel in waiting.indices { waiting[channel].append(contentsOf: repeatElement(0, count: count)) }
            left -= count
            try encodeWhole()
        }
    }

    private func append(_ sound: Frame) throws(FFmpegError) {
        let skipped = min(surplus, sound.sampleCount)
        surplus -= skipped
        for channel in waiting.indices {
            guard let samples = unsafe sound.samples(channel: channel) else { continue }
            unsafe waiting[channel].append(contentsOf: samples.dropFirst(skipped))
        }
        try encodeWhole()
    }

    private func encodeWhole() throws(FFmpegError) {
        let step = Encoder.samplesPerPacket
        let whole = (waiting.first?.count ?? 0) / step
        for index in 0..<whole { try encode(index * step..<(index + 1) * step) }
        for channel in waiting.indices { waiting[channel].removeFirst(whole * step) }
    }

    private func encode(_ range: Range<Int>) throws(FFmpegError) {
        try encoder.send(waiting, range, number: Int64(encoded))
        encoded += range.count
        try writer.drain(encoder, stream: stream)
    }
}
