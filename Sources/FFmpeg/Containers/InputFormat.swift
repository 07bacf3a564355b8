/// The containers that are read, each with its one demuxer. Nothing else is ever probed: a text playlist with the name of a
/// video would otherwise make FFmpeg open other files.
public enum InputFormat: String, Hashable, Sendable, CaseIterable {
    case webm, matroska, mp4, mov, m4a
    case threeGP = "3gp"
    case avi, mpegts, ogg, mp3, wav
    /// AAC in frames of its own (ADTS), without a container around them.
    case aac
    /// Speech as telephones code it, in frames of its own: phones' voice memos (RFC 4867).
    case amr
    case amrWideband = "amr_wb"

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
        case .mp3, .aac, .amr, .amrWideband: .frames
        }
    }

    /// The word at the beginning of a file of bare frames; empty where the file begins with the first frame.
    public var opening: [UInt8] {
        switch self {
        case .amr: Array("#!AMR\n".utf8)
        case .amrWideband: Array("#!AMR-WB\n".utf8)
        default: []
        }
    }

    /// FFmpeg's name of the demuxer.
    var demuxerName: String {
        switch family {
        case .matroska: "matroska"
        case .movie: "mov"
        case .frames where self == .amrWideband: InputFormat.amr.rawValue
        case .riff, .transport, .ogg, .frames: rawValue
        }
    }

    /// FFmpeg's full name of it, which its own whitelist is compared with.
    var whitelist: String {
        switch family {
        case .matroska: "matroska,webm"
        case .movie: "mov,mp4,m4a,3gp,3g2,mj2"
        case .riff, .transport, .ogg, .frames: demuxerName
        }
    }
}
