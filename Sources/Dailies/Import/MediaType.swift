import SystemPackage

/// What a file's name claims about its content.
enum MediaType {
    private static let byExtension = [
        "webm": "video/webm", "mkv": "video/x-matroska", "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime",
        "3gp": "video/3gpp", "avi": "video/x-msvideo", "ts": "video/mp2t", "ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4",
        "wav": "audio/wav",
    ]

    /// `nil` for names that claim nothing we know.
    static func declared(by file: FilePath) -> String? {
        file.extension.flatMap { byExtension[$0.lowercased()] }
    }
}
