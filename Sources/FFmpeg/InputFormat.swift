/// The containers that are read, each with its one demuxer. Nothing else is ever probed: a text playlist with the name of a
/// video would otherwise make FFmpeg open other files.
public enum InputFormat: String, Hashable, Sendable, CaseIterable {
    case webm, matroska, mp4, mov, m4a
    case threeGP = "3gp"
    case avi, mpegts, ogg, mp3, wav
    /// AAC in frames of its own (ADTS), without a container around them.
    case aac

    /// What the format has in common with others: its structure.
    public enum Family: Hashable, Sendable {
        case matroska, movie, riff, transport, ogg, frames
    }

    public var family: Family {
        switch self {
        case .webm, .matroska: .matroska
        case .mp4, .mov, .m4a, .threeGP: .movie
        case .avi, .wav: .riff
        case .mpegts: .transport
        case .ogg: .ogg
        case .mp3, .aac: .frames
        }
    }

    /// FFmpeg's name of the demuxer.
    var demuxerName: String {
        switch family {
        case .matroska: "matroska"
        case .movie: "mov"
        case .riff, .transport, .ogg, .frames: rawValue
        }
    }

    /// FFmpeg's full name of it, which its own whitelist is compared with.
    var whitelist: String {
        switch family {
        case .matroska: "matroska,webm"
        case .movie: "mov,mp4,m4a,3gp,3g2,mj2"
        case .riff, .transport, .ogg, .frames: rawValue
        }
    }
}
