internal import Crypto
internal import FoundationEssentials
internal import NIOCore

/// The site's static files, which are embedded in the program.
///
/// All of them share one fingerprint at the front of their path: `/static/1f2e…/player/player.js`. So a module's
/// `import "./timeline.js"` and a style sheet's `url(…)` lead to files of the same release, and browsers may cache each file for ever.
struct StaticFiles: Sendable {
    /// Changes when any file changes.
    let fingerprint: String
    private let files: [String: StaticFile]

    init(files: [StaticFile]) {
        var hash = SHA256()
        for file in files.sorted(by: { $0.path < $1.path }) {
            hash.update(data: Data("\(file.path)\n\(file.content.readableBytes)\n".utf8))
            hash.update(data: Data(file.content.readableBytesView))
        }
        fingerprint = hash.finalize().prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        self.files = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
    }

    subscript(path: String) -> StaticFile? { files[path] }

    var paths: [String] { files.keys.sorted() }

    /// Puts the fingerprint into every address `/static/…` of a template.
    /// - Throws: for an address without a file.
    func resolving(_ template: String, named name: String) throws(TemplateError) -> String {
        var resolved = template
        for match in template.matches(of: /\/static\/([A-Za-z0-9._\/-]+)/).reversed() {
            let path = String(match.output.1)
            guard files[path] != nil else {
                throw TemplateError("The template \(name) names /static/\(path), but there is no file Static/\(path).")
            }
            resolved.replaceSubrange(match.range, with: "/static/\(fingerprint)/\(path)")
        }
        return resolved
    }
}

extension StaticFiles {
    /// The files in the folder `Static`.
    static func embedded() throws(TemplateError) -> StaticFiles {
        var files: [StaticFile] = []
        for file in EmbeddedFiles.all where file.path.hasPrefix("Static/") {
            guard let content = Data(base64Encoded: file.base64) else { throw TemplateError("The embedded file \(file.path) is damaged.") }
            files.append(StaticFile(path: String(file.path.dropFirst("Static/".count)), content: content))
        }
        return StaticFiles(files: files)
    }
}
