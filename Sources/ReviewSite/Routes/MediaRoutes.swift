internal import ForeignText
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Storage

/// `/media/RESPONSE/KIND`: the pictures, waveform and playback copy of an answer, with byte ranges, for the reviewers of its role.
///
/// A stored file never changes, so its SHA-256 is its entity tag. Only the browser that fetched a file may cache it.
///
/// If the storage gives links, videos are fetched from the storage itself, by a redirection to a link that expires. Videos are nearly all
/// of the traffic, so the site is relieved of it. Everything else is sent by the site, because scripts read it, and browsers allow that for
/// another origin only if the store permits it.
struct MediaRoutes: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.media.get("media/:response/:kind", use: media)
    }

    @Sendable private func media(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (kind, media) = try await media(context)
        let tag = "\"\(media.sha256)\""
        // Another session in the same browser has to send the request again.
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "private, max-age=3600, must-revalidate", .vary: "Cookie, Authorization"]
        if let wanted = request.headers[.ifMatch], !Self.isNamed(tag, in: wanted, weakly: false) { throw Self.replaced }
        if Self.isNamed(tag, in: request.headers[.ifNoneMatch], weakly: true) { return Response(status: .notModified, headers: headers) }

        guard let key = try? StorageKey(media.key) else { throw SiteError.notFound }
        if kind == .playback, request.method == .get, let link = await services.storage.link(toArtifact: key, mediaType: media.mediaType) {
            // Not cached, so that a reviewer who no longer reaches the role gets no more links.
            return Response(status: .found, headers: [.location: link.url, .cacheControl: "private, no-store"])
        }
        headers[.contentType] = media.mediaType
        headers[.contentDisposition] = "inline"
        headers[.acceptRanges] = "bytes"
        let isForThis = request.headers[.ifRange].map { $0 == tag } ?? true
        switch ByteRange(request.method == .get && isForThis ? request.headers[.range] : nil, length: media.bytes) {
        case .whole:
            guard request.method == .get else {
                try await checkPresence(of: media, key, context)
                return Response(status: .ok, headers: headers, body: ResponseBody(contentLength: Int(media.bytes)) { _ in })
            }
            return Response(status: .ok, headers: headers, body: try await body(of: media, key, 0..<media.bytes, context))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(media.bytes)"
            return Response(status: .partialContent, headers: headers, body: try await body(of: media, key, part, context))
        case .unsatisfiable:
            throw SiteError(
                status: .rangeNotSatisfiable, title: "There is nothing in that place", explanation: "The file has \(media.bytes) bytes.",
                headers: [.contentRange: "bytes */\(media.bytes)"])
        }
    }

    /// The requested file, if the database lets the requester fetch it.
    private func media(_ context: SiteContext) async throws -> (Media.Kind, Media) {
        // A visitor who is not signed in cannot tell missing from forbidden.
        let kind = context.parameters.get("kind").flatMap(Media.Kind.init(rawValue:))
        let response = try? context.id("response")
        switch (kind, try await Media.find(kind, ofResponse: response, for: try context.requester, in: services.pool)) {
        case (let kind?, .file(let media)): return (kind, media)
        case (_, .nobody): throw SiteError.signInRequired
        default: throw SiteError.notFound
        }
    }

    private func body(of media: Media, _ key: StorageKey, _ range: Range<Int64>, _ context: SiteContext) async throws -> ResponseBody {
        let turn: MediaTurn
        do {
            turn = try await services.mediaTurns.take(for: media.viewerID)
        } catch is MediaTurns.Busy {
            throw Self.tooManyTransfers
        }
        let part = try await read(media, key, range, context)
        let watch = ReaderWatch(context.channel, services.configuration.media)
        return ResponseBody(contentLength: range.count) { writer in
            let watching = watch.begin()
            defer { withExtendedLifetime(turn) { watching.cancel() } }
            if let file = part.file {
                try await FileSending.send(file, over: context.channel, watch)
            } else {
                for try await piece in part {
                    watch.hands(piece.readableBytes)
                    try await writer.write(piece)
                }
            }
            try await writer.finish(nil)
        }
    }

    /// Asks the storage about a file without reading it, for a response without a body.
    private func checkPresence(of media: Media, _ key: StorageKey, _ context: SiteContext) async throws {
        _ = try await read(media, key, 0..<0, context)
    }

    private func read(_ media: Media, _ key: StorageKey, _ range: Range<Int64>, _ context: SiteContext) async throws -> StoredPart {
        do throws(StorageError) {
            return try await services.storage.readArtifact(key, range, of: media.bytes)
        } catch {
            guard error.fault == .request else { throw error }
            if let obstacle = try await services.storageObstacle() {
                context.logger.error("the storage is not there", metadata: ["error": "\(obstacle)"])
                throw SiteError.unavailable
            }
            Self.report(error, to: context.logger)
            throw SiteError.notFound
        }
    }

    /// The database names a file that the storage does not have.
    private static func report(_ error: StorageError, to logger: Logger) {
        logger.error("an artifact is not in the storage", metadata: ["error": "\(error)"])
    }

    private static let tooManyTransfers = SiteError(
        status: .tooManyRequests, title: "Too many files at once", explanation: "Too many files are on their way to you already.",
        advice: "Wait until some of them have come, or close some videos.", headers: [.retryAfter: "5"])

    private static let replaced = SiteError(
        status: .preconditionFailed, title: "That is another file by now",
        explanation: "The file has not the entity tag that was asked for.",
        advice: "Ask for all of it again, without If-Match.")

    /// - Parameter weakly: true for `If-None-Match`; false for `If-Match`, which takes no weak tag (RFC 9110, 13.1).
    private static func isNamed(_ tag: String, in header: String?, weakly: Bool) -> Bool {
        guard let header else { return false }
        let named = header.parts(at: ",").map(\.withoutBlanks)
        return named.contains { $0 == "*" || $0 == tag || weakly && $0 == "W/\(tag)" }
    }
}
