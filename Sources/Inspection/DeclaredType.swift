/// Compares the media type that a sender claims with what the bytes are.
enum DeclaredType {
    private static let formats: [String: Set<String>] = [
        "webm": ["webm", "matroska"], "x-matroska": ["matroska", "webm"], "matroska": ["matroska", "webm"], "mp4": ["mp4", "mov"],
        "x-m4a": ["mp4", "mov"], "quicktime": ["mov", "mp4"], "3gpp": ["mp4", "mov"],
    ]

    /// WebM is a kind of Matroska and browsers mix the names up, as they do with MP4 and QuickTime: those do not contradict.
    /// Neither does a claim that says nothing (`application/octet-stream`) or cannot be read.
    static func contradicts(_ declared: String, format: String?) -> Bool {
        let type = declared.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        let parts = type.split(separator: "/")
        guard parts.count == 2, let format else { return false }
        if ["video", "audio"].contains(parts[0]) {
            return formats[String(parts[1])].map { !$0.contains(format) } ?? true
        }
        return ["image", "text"].contains(parts[0])
    }
}
