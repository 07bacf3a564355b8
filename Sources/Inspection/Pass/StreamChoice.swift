internal import FFmpeg

/// Which of a recording's streams are looked at and copied: one picture, one sound.
struct StreamChoice {
    var video: StreamInfo?
    var audio: StreamInfo?

    /// The stream that the container marks as the default, else the first, among those that can be decoded. A cover picture
    /// is no video, and of several sound tracks one that no player here can decode must not hide another that it can.
    init(of streams: [StreamInfo]) {
        func best(_ kind: StreamInfo.Kind) -> StreamInfo? {
            let usable = streams.filter { $0.kind == kind && $0.isDecodable && !$0.isCoverPicture }
            return usable.first(where: \.isDefault) ?? usable.first
        }
        video = best(.video)
        audio = best(.audio)
    }

    var indices: [Int] { [video, audio].compactMap { $0?.index } }
}
