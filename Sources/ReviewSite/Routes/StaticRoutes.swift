internal import HTTPTypes
internal import Hummingbird

/// The site's own files, for everybody and for ever.
struct StaticRoutes: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        let files = services.renderer.files
        routes.open.get("static/:fingerprint/**") { request, context -> Response in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            guard let file = files[path] else { throw SiteError.notFound }
            // A page of the release before may still ask by its own fingerprint; what it gets then is not to be kept.
            let isCurrent = context.parameters.get("fingerprint") == files.fingerprint
            let tag = "\"\(files.fingerprint)\""
            var headers: HTTPFields = [
                .contentType: file.mediaType, .eTag: tag, .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ]
            if request.headers[.ifNoneMatch]?.contains(tag) ?? false { return Response(status: .notModified, headers: headers) }
            headers[.contentLength] = "\(file.content.readableBytes)"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.content))
        }
        routes.open.get("favicon.ico") { _, _ -> Response in
            Response.redirect(to: "/static/\(files.fingerprint)/icon.svg", type: .found)
        }
        // Nothing here is for search engines.
        routes.open.get("robots.txt") { _, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "public, max-age=86400"],
                body: ResponseBody(byteBuffer: .init(string: "User-agent: *\nDisallow: /\n")))
        }
    }
}
