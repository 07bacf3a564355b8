internal import FFmpeg
internal import Recordings

/// Decodes a stream up to its first frame.
struct FirstFrame {
    private let decoder: Decoder
    private let frame: Frame
    private(set) var found: Frame?

    init(of stream: StreamInfo, _ demuxer: Demuxer, _ limits: InspectionLimits) throws(FFmpegError) {
        decoder = try Decoder(stream: stream.index, of: demuxer, maxPixels: limits.pixels, input: .wholeStream)
        frame = try Frame()
    }

    mutating func look(at packet: Packet) {
        guard found == nil, (try? decoder.send(packet)) != nil else { return }
        receive()
    }

    mutating func finish() {
        guard found == nil else { return }
        decoder.drain()
        receive()
    }

    private mutating func receive() {
        if (try? decoder.receive(into: frame)) == true, frame.channelCount > 0 || (frame.width > 0 && frame.height > 0) { found = frame }
    }
}
