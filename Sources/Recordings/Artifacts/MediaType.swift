import ForeignText

/// Media types: those of artifacts, and those that the name of a recording's file claims.
public enum MediaType {
    // Of artifacts.
    public static let jpeg = "image/jpeg"
    public static let json = "application/json"
    public static let webVTT = "text/vtt"
    public static let webMVideo = "video/webm"
    public static let webMAudio = "audio/webm"
    public static let mp4Video = "video/mp4"
    public static let mp4Audio = "audio/mp4"

    private static let artifactExtensions = [
        jpeg: "jpg", json: "json", webVTT: "vtt", webMVideo: "webm", webMAudio: "webm", mp4Video: "mp4", mp4Audio: "m4a",
    ]

    private static let claimedTypes = [
        "webm": webMVideo, "mkv": "video/x-matroska", "mp4": mp4Video, "m4v": mp4Video, "mov": "video/quicktime",
        "3gp": "video/3gpp", "3g2": "video/3gpp2", "avi": "video/x-msvideo", "ts": "video/mp2t", "mts": "video/mp2t",
        "m2ts": "video/mp2t", "ogv": "video/ogg", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "mp3": "audio/mpeg",
        "m4a": mp4Audio, "aac": "audio/aac", "wav": "audio/wav", "amr": "audio/amr",
        "awb": "audio/amr-wb",
    ]

    /// The type that the extension of a recording's file name claims; `nil` for an extension that is not in the list.
    public static func claimed(byExtension fileExtension: String) -> String? {
        claimedTypes[fileExtension.inLowerCase]
    }

    /// The extension of an artifact's file name; `nil` for a type that no artifact has.
    public static func fileExtension(ofArtifact mediaType: String) -> String? {
        artifactExtensions[mediaType]
    }
}
