internal import FoundationEssentials
internal import NIOCore

/// A public file of the site: a style sheet, a script or a picture.
struct StaticFile: Sendable {
    /// The path below `/static/FINGERPRINT/`.
    var path: String
    var content: ByteBuffer
    var mediaType: String

    init(path: String, content: Data) {
        self.path = path
        self.content = ByteBuffer(bytes: content)
        mediaType = Self.mediaType(of: path)
    }

    /// The media type. Browsers require the right one because of `X-Content-Type-Options: nosniff`.
    private static func mediaType(of path: String) -> String {
        switch path.split(separator: ".").last.map(String.init) {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "webmanifest": "application/manifest+json"
        case "json": "application/json"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
