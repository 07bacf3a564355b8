import ForeignText

/// Compares the media type that a sender claims with what the bytes are.
enum DeclaredType {
    private static let matroska: Set<String> = ["webm", "matroska"]
    private static let movie: Set<String> = ["mp4", "mov", "m4a", "3gp"]
    private static let formats: [String: Set<String>] = [
        "webm": matroska, "x-matroska": matroska, "matroska": matroska, "mp4": movie, "m4a": movie, "x-m4a": movie, "x-m4v": movie,
        "quicktime": movie, "3gpp": movie.union(["amr", "amr_wb"]), "3gpp2": movie, "amr": ["amr"], "amr-wb": ["amr_wb"], "avi": ["avi"],
        "x-msvideo": ["avi"], "msvideo": ["avi"], "vnd.avi": ["avi"],
        "mp2t": ["mpegts"], "ogg": ["ogg"], "opus": ["ogg"], "vorbis": ["ogg"], "flac": ["ogg"], "mpeg": ["mp3", "mpegts"],
        "mp3": ["mp3"], "x-mp3": ["mp3"], "mpeg3": ["mp3"], "x-mpeg-3": ["mp3"], "wav": ["wav"], "x-wav": ["wav"], "wave": ["wav"],
        "vnd.wave": ["wav"], "aac": movie.union(["aac"]), "x-aac": ["aac"], "aacp": ["aac"], "x-hx-aac-adts": ["aac"],
    ]

    /// WebM is a kind of Matroska and browsers mix the names up, as they do with MP4 and its kin: those do not contradict. Neither does a
    /// claim that names no kind (`application/octet-stream`) or cannot be read.
    static func contradicts(_ declared: String, format: String?) -> Bool {
        let type = (declared.cut(at: ";")?.before ?? declared[...]).inLowerCase.withoutBlanks
        let parts = type.parts(at: "/")
        guard parts.count == 2, let format else { return false }
        if ["video", "audio"].contains(parts[0]) {
            return formats[String(parts[1])].map { !$0.contains(format) } ?? true
        }
        return ["image", "text"].contains(parts[0])
    }
}
