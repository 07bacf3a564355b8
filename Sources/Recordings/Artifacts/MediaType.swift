/// Media types and the file names' endings that go with them.
public enum MediaType {
    private static let byExtension = [
        "webm": "video/webm", "mkv": "video/x-matroska", "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime",
        "3gp": "video/3gpp", "3g2": "video/3gpp2", "avi": "video/x-msvideo", "ts": "video/mp2t", "mts": "video/mp2t",
        "m2ts": "video/mp2t", "ogv": "video/ogg", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "mp3": "audio/mpeg",
        "m4a": "audio/mp4", "aac": "audio/aac", "wav": "audio/wav", "amr": "audio/amr",
        "awb": "audio/amr-wb",
    ]

    private static let artifactExtensions = [
        "image/jpeg": "jpg", "application/json": "json", "text/vtt": "vtt", "video/webm": "webm", "audio/webm": "webm", "video/mp4": "mp4",
        "audio/mp4": "m4a",
    ]

    /// What a recording's file name claims about its content; `nil` for endings that claim nothing we know.
    public static func claimed(byExtension fileExtension: String) -> String? {
        byExtension[fileExtension.lowercased()]
    }

    /// How the file of an artifact ends; `nil` for types that no artifact has.
    public static func fileExtension(ofArtifact mediaType: String) -> String? {
        artifactExtensions[mediaType]
    }
}
