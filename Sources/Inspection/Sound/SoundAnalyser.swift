internal import FFmpeg
internal import Glibc
internal import Recordings

/// Decodes the sound once and hands it to everything that measures it, in blocks of 10 ms on the recording's own clock.
///
/// Positions come from timestamps: where the packets leave a hole, the missing time counts as silence. Between holes samples
/// are counted, because browsers' timestamps jitter by tens of milliseconds while their sound is continuous.
final class SoundAnalyser {
    static let blockMs = 10
    /// How far a timestamp may lie ahead of the samples before it means a hole. Chrome's jitter stays below 40 ms.
    static let jitter: Microseconds = 100_000

    private let decoder: Decoder
    private let frame: Frame
    private let origin: Microseconds
    private var converter: FloatConverter?
    private var setup: Setup?
    private(set) var decodedPackets = 0
    private(set) var failedPackets = 0
    /// See `Decoder.soundDuration`.
    var packetDuration: Microseconds? { decoder.soundDuration }

    /// What the first decoded frame decides.
    private struct Setup {
        var sampleRate: Int
        var channels: Int
        var samplesPerBlock: Int
        var loudness: LoudnessMeter
        var clipping: ClippingCounter
    }

    private var block = SampleLevels()
    private var samplesInBlock = 0
    private var blocks = 0
    private var peak: Float = 0
    private var silence = SilenceDetector()
    private var muted = MutedWindows()
    private(set) var outline = WaveformOutline()

    /// - Parameter origin: the recording's start.
    init(stream: StreamInfo, of demuxer: Demuxer, origin: Microseconds, maxPixels: Int) throws(FFmpegError) {
        decoder = try Decoder(stream: stream.index, of: demuxer, maxPixels: maxPixels)
        frame = try Frame()
        self.origin = origin
    }

    /// Decodes one packet. What cannot be decoded is counted, and its time is silence.
    func add(_ packet: Packet) {
        decodedPackets += 1
        do {
            try decoder.send(packet)
            while try decoder.receive(into: frame) { try listen() }
        } catch {
            failedPackets += 1
        }
    }

    /// Ends the measurement; the time up to `end` without sound is silence.
    func finish(end: Microseconds) -> SoundMeasurement? {
        guard let setup else { return nil }
        if samplesInBlock > 0 { closeBlock(setup) }
        addSilence(until: end - origin, setup)
        silence.finish()
        outline.finish()
        return SoundMeasurement(
            sampleRate: setup.sampleRate, channels: setup.channels, samplesPerBlock: setup.samplesPerBlock,
            loudness: setup.loudness.integrated, loudnessRange: setup.loudness.range, peak: Double(peak),
            clippedRatio: setup.clipping.ratio, mutedRatio: muted.finish(), silence: silence)
    }

    private func listen() throws(FFmpegError) {
        guard AudioTrack.sampleRates.contains(frame.sampleRate), (1...AudioTrack.channelsAtMost).contains(frame.channelCount) else {
            throw FFmpegError(.unsupported, operation: "listen to \(frame.channelCount) channels")
        }
        let heard = try planarFloats()
        if setup == nil {
            setup = Setup(
                sampleRate: heard.sampleRate, channels: heard.channelCount, samplesPerBlock: heard.sampleRate * Self.blockMs / 1000,
                loudness: LoudnessMeter(channels: heard.channelCount, sampleRate: heard.sampleRate),
                clipping: ClippingCounter(channels: heard.channelCount))
        }
        guard let current = setup, heard.sampleRate == current.sampleRate, heard.channelCount == current.channels else {
            throw FFmpegError(.unsupported, operation: "follow sound that changes its rate or channels")
        }
        if let time = frame.time { fillHole(before: time - origin, current) }
        setup?.loudness.add(heard)
        measure(heard, current)
    }

    private func planarFloats() throws(FFmpegError) -> Frame {
        if frame.hasPlanarFloats { return frame }
        if converter == nil { converter = try FloatConverter() }
        return try converter?.convert(frame) ?? frame
    }

    private func fillHole(before time: Microseconds, _ setup: Setup) {
        let heard = Int64(blocks) * Int64(Self.blockMs) * 1000 + Int64(samplesInBlock) * 1_000_000 / Int64(setup.sampleRate)
        // The very start has no jitter: sound that begins late begins late.
        guard time - heard > (blocks == 0 && samplesInBlock == 0 ? 0 : Self.jitter) else { return }
        if samplesInBlock > 0 { closeBlock(setup) }
        addSilence(until: time, setup)
    }

    private func addSilence(until time: Microseconds, _ setup: Setup) {
        while Int64(blocks + 1) * Int64(Self.blockMs) * 1000 <= time { closeBlock(setup) }
    }

    private func measure(_ frame: Frame, _ setup: Setup) {
        var clipping = setup.clipping
        var at = 0
        while at < frame.sampleCount {
            let count = min(setup.samplesPerBlock - samplesInBlock, frame.sampleCount - at)
            for channel in 0..<setup.channels {
                guard let samples = unsafe frame.samples(channel: channel) else { continue }
                let piece = unsafe UnsafeBufferPointer(rebasing: samples[at..<at + count])
                let levels = unsafe SampleLevels(piece)
                unsafe clipping.add(piece, channel: channel, peak: levels.peak)
                block.merge(levels)
            }
            samplesInBlock += count
            at += count
            if samplesInBlock == setup.samplesPerBlock { closeBlock(setup) }
        }
        self.setup?.clipping = clipping
    }

    private func closeBlock(_ setup: Setup) {
        let samples = max(samplesInBlock, 1) * setup.channels
        let meanSquare = Double(block.energy) / Double(samples)
        peak = max(peak, block.peak)
        silence.add(meanSquare: meanSquare)
        muted.add(meanSquare: meanSquare)
        outline.add(minimum: block.minimum, maximum: block.maximum)
        block = SampleLevels()
        samplesInBlock = 0
        blocks += 1
    }
}
