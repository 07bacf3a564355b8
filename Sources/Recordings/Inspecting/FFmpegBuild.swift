/// The FFmpeg build that opens recordings, as the inspector reports it, which is linked with it.
public struct FFmpegBuild: Hashable, Sendable, Codable {
    /// The packager's version, such as `5.1.9-0+deb12u1`.
    public var version: String
    /// Each library with the version that was loaded, `libavformat 59.27.100`.
    public var libraries: [String]
    /// Whether renditions can be made.
    public var encodesH264: Bool

    public init(version: String, libraries: [String], encodesH264: Bool) {
        self.version = version
        self.libraries = libraries
        self.encodesH264 = encodesH264
    }

    enum CodingKeys: String, CodingKey {
        case version, libraries
        case encodesH264 = "encodes_h264"
    }
}
