internal import FFmpeg

/// The file that a rendition's encoders write to.
final class RenditionWriter {
    private let muxer: Muxer
    private let packet: Packet

    init(_ muxer: Muxer) throws(FFmpegError) {
        self.muxer = muxer
        packet = try Packet()
    }

    func addStream(of encoder: Encoder) throws(FFmpegError) -> Int {
        try muxer.addStream(of: encoder)
    }

    /// Writes the packets that the encoder has ready.
    func drain(_ encoder: Encoder, stream: Int) throws(FFmpegError) {
        while try encoder.receive(into: packet) { try muxer.write(packet, stream: stream) }
    }
}
