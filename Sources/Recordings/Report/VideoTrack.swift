/// The picture of a recording.
public struct VideoTrack: Hashable, Sendable, Codable {
    /// The picture's coded size from one moment on.
    public struct Size: Hashable, Sendable, Codable {
        public var atMs: Int
        public var width: Int
        public var height: Int

        public init(atMs: Int, width: Int, height: Int) {
            self.atMs = atMs
            self.width = width
            self.height = height
        }

        enum CodingKeys: String, CodingKey {
            case atMs = "at_ms"
            case width, height
        }
    }

    /// How brightness beyond that of ordinary screens is coded.
    public enum HDRFormat: String, Hashable, Sendable, Codable {
        case hlg, pq
        /// Dolby Vision. Its base layer is HLG, PQ or SDR, or it has no compatible base.
        case dolbyVision = "dolby_vision"
    }

    /// Milliseconds between one frame and the next, in presentation order.
    public struct FrameGap: Hashable, Sendable, Codable {
        public var median: Double
        public var p95: Double
        public var max: Double

        public init(median: Double, p95: Double, max: Double) {
            self.median = median
            self.p95 = p95
            self.max = max
        }
    }

    /// Entries in `sizes` at most. A phone that is turned all the time does not come near; only a broken stream does.
    public static let sizesAtMost = 1_000

    public var codec: String
    public var profile: String?
    /// As displayed: after rotation and sample aspect ratio.
    public var width: Int
    public var height: Int
    public var codedWidth: Int
    public var codedHeight: Int
    /// Clockwise degrees a player turns the coded picture: 0, 90, 180 or 270.
    public var rotation: Int
    /// Whether a player mirrors the coded picture left to right, before it turns it.
    public var mirrored: Bool
    public var frames: Int
    /// Frames over the span they cover; `nil` when there are too few to say.
    public var fps: Double?
    public var frameGapMs: FrameGap?
    public var keyframes: Int
    public var keyframeGapMaxMs: Int?
    public var bitDepth: Int?
    /// `nil` for ordinary pictures.
    public var hdrFormat: HDRFormat?
    public var startMs: Int
    public var endMs: Int
    /// Every size that the picture takes, in order; more than one where it changes in mid-stream.
    public var sizes: [Size]

    public init(
        codec: String, profile: String? = nil, width: Int, height: Int, codedWidth: Int, codedHeight: Int, rotation: Int = 0,
        mirrored: Bool = false, frames: Int, fps: Double? = nil, frameGapMs: FrameGap? = nil, keyframes: Int, keyframeGapMaxMs: Int? = nil,
        bitDepth: Int? = nil,
        hdrFormat: HDRFormat? = nil, startMs: Int, endMs: Int, sizes: [Size]
    ) {
        self.codec = codec
        self.profile = profile
        self.width = width
        self.height = height
        self.codedWidth = codedWidth
        self.codedHeight = codedHeight
        self.rotation = rotation
        self.mirrored = mirrored
        self.frames = frames
        self.fps = fps
        self.frameGapMs = frameGapMs
        self.keyframes = keyframes
        self.keyframeGapMaxMs = keyframeGapMaxMs
        self.bitDepth = bitDepth
        self.hdrFormat = hdrFormat
        self.startMs = startMs
        self.endMs = endMs
        self.sizes = sizes
    }

    public var hdr: Bool { hdrFormat != nil }

    enum CodingKeys: String, CodingKey {
        case codec, profile, width, height
        case codedWidth = "coded_width"
        case codedHeight = "coded_height"
        case rotation, mirrored, frames, fps
        case frameGapMs = "frame_gap_ms"
        case keyframes
        case keyframeGapMaxMs = "keyframe_gap_max_ms"
        case bitDepth = "bit_depth"
        case hdrFormat = "hdr_format"
        case startMs = "start_ms"
        case endMs = "end_ms"
        case sizes
    }

    /// Derived from `hdrFormat`. It is written for readers who only ask whether the picture is HDR, and it is never read.
    private enum DerivedKeys: CodingKey {
        case hdr
    }

    // Written by hand because of `hdr`, which is no stored property.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(codec, forKey: .codec)
        try values.encode(profile, forKey: .profile)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(codedWidth, forKey: .codedWidth)
        try values.encode(codedHeight, forKey: .codedHeight)
        try values.encode(rotation, forKey: .rotation)
        try values.encode(mirrored, forKey: .mirrored)
        try values.encode(frames, forKey: .frames)
        try values.encode(fps, forKey: .fps)
        try values.encode(frameGapMs, forKey: .frameGapMs)
        try values.encode(keyframes, forKey: .keyframes)
        try values.encode(keyframeGapMaxMs, forKey: .keyframeGapMaxMs)
        try values.encode(bitDepth, forKey: .bitDepth)
        try values.encode(hdrFormat, forKey: .hdrFormat)
        try values.encode(startMs, forKey: .startMs)
        try values.encode(endMs, forKey: .endMs)
        try values.encode(sizes, forKey: .sizes)
        var derived = encoder.container(keyedBy: DerivedKeys.self)
        try derived.encode(hdr, forKey: .hdr)
    }
}
