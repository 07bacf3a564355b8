/// The containers that are read, each with its one demuxer. Nothing else is ever probed: a text playlist with the name of a
/// video would otherwise make FFmpeg open other files.
public enum InputFormat: String, Hashable, Sendable, CaseIterable {
    case webm, matroska, mp4, mov

    /// FFmpeg's name of the demuxer.
    var demuxerName: String {
        switch self {
        case .webm, .matroska: "matroska"
        case .mp4, .mov: "mov"
        }
    }

    /// FFmpeg's full name of it, which its own whitelist is compared with.
    var whitelist: String {
        switch self {
        case .webm, .matroska: "matroska,webm"
        case .mp4, .mov: "mov,mp4,m4a,3gp,3g2,mj2"
        }
    }

    /// Names the container by its first bytes, without asking any demuxer.
    /// - Parameter head: the first 4 KiB of the file, or all of a shorter one.
    public init?(head: [UInt8]) {
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            guard let format = Self.matroskaKind(head) else { return nil }
            self = format
        } else if head.count >= 8, Self.movieBoxes.contains(Array(head[4..<8])) {
            let brand = head.count >= 12 && Array(head[4..<8]) == Self.fileType ? Array(head[8..<12]) : nil
            self = brand == Array("qt  ".utf8) ? .mov : .mp4
        } else {
            return nil
        }
    }

    private static let fileType = Array("ftyp".utf8)
    /// What an ISO base media or QuickTime file may begin with; the older ones have no `ftyp`.
    private static let movieBoxes: [[UInt8]] = ["ftyp", "styp", "moov", "moof", "sidx", "wide", "mdat"].map { Array($0.utf8) }

    /// The EBML header's DocType (element 0x4282) tells WebM from Matroska. A header cut before it counts as Matroska.
    private static func matroskaKind(_ head: [UInt8]) -> InputFormat? {
        let scanned = head.prefix(128)
        for at in scanned.indices.dropLast(3) where scanned[at] == 0x42 && scanned[at + 1] == 0x82 {
            let length = Int(scanned[at + 2] & 0x7F)
            let name = scanned[(at + 3)...].prefix(length)
            if name.elementsEqual("webm".utf8) { return .webm }
            return name.elementsEqual("matroska".utf8) || name.count < length ? .matroska : nil
        }
        return .matroska
    }
}
