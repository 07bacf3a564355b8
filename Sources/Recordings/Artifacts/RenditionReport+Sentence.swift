extension RenditionReport.Obstacle {
    /// For ops people: why there is no rendition, and what to do.
    public var sentence: String {
        switch self {
        case .noEncoder:
            "this installation's FFmpeg has no H.264 encoder; install a libavcodec that has libx264, then `dailies jobs retry` this job"
        case .notDecodable: "nothing of the recording could be decoded to the end"
        case .limit: "the recording, or its rendition, is larger or longer than the limits allow"
        }
    }
}
