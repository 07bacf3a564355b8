internal import CFFmpeg

/// What a container's header says of one stream. A plain value: it outlives the demuxer.
public struct StreamInfo: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case video, audio, other
    }

    public var index: Int
    public var kind: Kind
    /// FFmpeg's short name of the codec (`vp9`, `opus`); `nil` when it is not known.
    public var codec: String?
    public var profile: String?
    /// Whether `Decoder` accepts it.
    public var isDecodable: Bool
    public var isDefault: Bool
    /// A cover picture is a video stream of one frame that is no part of the recording's picture.
    public var isCoverPicture: Bool
    /// Coded size in pixels.
    public var width: Int?
    public var height: Int?
    /// Width of a pixel over its height, where the header says it.
    public var sampleAspect: Double?
    /// How a player turns the coded picture.
    public var orientation: Orientation
    public var bitDepth: Int?
    /// As the header says; frames may say it where the header does not.
    public var transfer: HDRTransfer?
    public var dolbyVision: DolbyVision?
    public var sampleRate: Int?
    public var channels: Int?
    /// The length that the header claims for this stream alone, where the container has such a place.
    public var headerDuration: Microseconds?

    init(_ stream: UnsafePointer<AVStream>) {
        let parameters = unsafe stream.pointee.codecpar.pointee
        unsafe index = Int(stream.pointee.index)
        switch unsafe parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO: kind = .video
        case AVMEDIA_TYPE_AUDIO: kind = .audio
        default: kind = .other
        }
        let id = unsafe parameters.codec_id
        codec = id == AV_CODEC_ID_NONE ? nil : unsafe String(cString: avcodec_get_name(id))
        let number = unsafe parameters.profile >= 0 ? parameters.profile : Self.profile(inConfigurationOf: parameters) ?? -1
        profile = unsafe avcodec_profile_name(id, number).map { unsafe String(cString: $0) }
        isDecodable = unsafe DecoderWhitelist.decoder(for: id) != nil
        unsafe isDefault = stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0
        unsafe isCoverPicture = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        width = unsafe parameters.width > 0 ? Int(parameters.width) : nil
        height = unsafe parameters.height > 0 ? Int(parameters.height) : nil
        sampleAspect =
            unsafe stream.pointee.sample_aspect_ratio.positiveRatio ?? parameters.sample_aspect_ratio.positiveRatio
        orientation = unsafe dailies_display_matrix(stream).map { unsafe Orientation($0) } ?? .upright
        bitDepth = unsafe Frame.bitDepth(ofFormat: parameters.format, kind: kind)
        transfer = unsafe HDRTransfer(parameters.color_trc)
        dolbyVision = unsafe DolbyVision(stream)
        sampleRate = unsafe parameters.sample_rate > 0 ? Int(parameters.sample_rate) : nil
        channels = unsafe parameters.ch_layout.nb_channels > 0 ? Int(parameters.ch_layout.nb_channels) : nil
        headerDuration = unsafe stream.pointee.duration > 0 ? stream.pointee.time_base.microseconds(stream.pointee.duration) : nil
    }

    /// The profile in an `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15): MP4 and Matroska have one, which is not decoded for its own sake.
    private static func profile(inConfigurationOf parameters: AVCodecParameters) -> CInt? {
        guard unsafe parameters.codec_id == AV_CODEC_ID_H264, unsafe parameters.extradata_size >= 7,
            let record = unsafe parameters.extradata,
            unsafe record[0] == 1
        else { return nil }
        // The constraint that makes Baseline what all decoders know is a bit of FFmpeg's number.
        let isConstrained = unsafe record[1] == 66 && record[2] & 0x40 != 0
        return unsafe CInt(record[1]) | (isConstrained ? 1 << 9 : 0)
    }

    /// Whether browsers play pictures of this codec as they are coded here. Of H.264 they play what has 8 bits and one colour for four
    /// pixels; cameras and editors also write 10 bits (High 10) and more colour (4:2:2, 4:4:4).
    var isPlayedByBrowsers: Bool {
        guard codec == "h264", let profile else { return true }
        return ["Baseline", "Constrained Baseline", "Main", "Extended", "High"].contains(profile)
    }

    /// Whether the header alone says enough to decode the stream, or FFmpeg has to look into packets first.
    var isComplete: Bool {
        switch kind {
        case .video: codec != nil && width != nil && height != nil
        case .audio: codec != nil && sampleRate != nil && channels != nil
        case .other: true
        }
    }
}
