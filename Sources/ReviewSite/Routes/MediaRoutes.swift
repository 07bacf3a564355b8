internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Storage

/// `/media/RESPONSE/KIND`: pictures, outline and playable copy of an answer, in ranges, for those who review its role.
///
/// A stored file never changes, so its SHA-256 is its entity tag. Copies stay in the browser that fetched them and in no cache between.
struct MediaRoutes: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.media.get("media/:response/:kind", use: media)
    }

    @Sendable private func media(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let kind = context.parameters.get("kind").flatMap(Media.Kind.init(rawValue:)),
            let media = try await Media.find(kind, ofResponse: try context.id("response"), for: try context.reviewer, in: services.pool)
        else { throw SiteError.notFound }
        let tag = "\"\(media.sha256)\""
        // Another session on the same browser has to ask again.
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "private, max-age=3600, must-revalidate", .vary: "Cookie, Authorization"]
        if Self.isNamed(tag, in: request.headers[.ifNoneMatch]) { return Response(status: .notModified, headers: headers) }

        let file = try await open(media, context)
        headers[.contentType] = media.mediaType
        headers[.contentDisposition] = "inline"
        headers[.acceptRanges] = "bytes"
        let isForThis = request.headers[.ifRange].map { $0 == tag } ?? true
        let range = ByteRange(request.method == .get && isForThis ? request.headers[.range] : nil, length: file.length)
        switch range {
        case .whole:
            return Response(status: .ok, headers: headers, body: file.body(0..<file.length))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.length)"
            return Response(status: .partialContent, headers: headers, body: file.body(part))
        case .unsatisfiable:
            throw SiteError(
                status: .rangeNotSatisfiable, title: "There is nothing in that place", explanation: "The file has \(file.length) bytes.",
                headers: [.contentRange: "bytes */\(file.length)"])
        }
    }

    private func open(_ media: Media, _ context: SiteContext) async throws -> MediaFile {
        do throws(StorageError) {
            let key = try StorageKey(media.key)
            return MediaFile(try await services.storage.openArtifact(key))
        } catch {
            guard error.fault == .request else { throw error }
            Self.report(error, to: context.logger)
            throw SiteError.notFound
        }
    }

    /// The database names a file that the storage does not have.
    private static func report(_ error: StorageError, to logger: Logger) {
        logger.error("an artifact is not in the storage", metadata: ["error": "\(error)"])
    }

    /// Compared weakly, as the RFC says for this header.
    private static func isNamed(_ tag: String, in header: String?) -> Bool {
        guard let header else { return false }
        let named = header.split(separator: ",").map { $0.filter { character in !character.isWhitespace } }
        return named.contains("*") || named.contains(tag) || named.contains("W/\(tag)")
    }
}
