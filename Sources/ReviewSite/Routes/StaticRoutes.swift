internal import ForeignText
internal import HTTPTypes
internal import Hummingbird

/// The site's static files. They need no sign-in and may be cached for ever.
struct StaticRoutes: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        let files = services.renderer.files
        routes.open.get("static/:fingerprint/**") { request, context -> Response in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            guard let file = files[path] else { throw SiteError.notFound }
            // A page of an earlier release may still use the old fingerprint. Browsers must not cache this response.
            let isCurrent = context.parameters.get("fingerprint") == files.fingerprint
            let tag = "\"\(files.fingerprint)\""
            var headers: HTTPFields = [
                .contentType: file.mediaType, .eTag: tag, .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ]
            if request.headers[.ifNoneMatch]?.holds(tag) ?? false { return Response(status: .notModified, headers: headers) }
            headers[.contentLength] = "\(file.content.readableBytes)"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.content))
        }
        routes.open.get("favicon.ico") { _, _ -> Response in
            Response.redirect(to: "/static/\(files.fingerprint)/icon.svg", type: .found)
        }
        // Search engines must not index anything.
        routes.open.get("robots.txt") { _, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "public, max-age=86400"],
                body: ResponseBody(byteBuffer: .init(string: "User-agent: *\nDisallow: /\n")))
        }
    }
}
