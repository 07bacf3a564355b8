internal import HTTPTypes
internal import Hummingbird

/// `/api/v1/openapi.json`: the description of the API. It holds no data about people, so it needs no token.
struct DescriptionRoute: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        let files = services.renderer.files
        routes.open.group().add(middleware: Acceptance(mediaType: "application/json")).get("api/v1/openapi.json") { _, _ -> Response in
            guard let description = files["openapi.json"] else { throw SiteError.notFound }
            return Response(
                status: .ok, headers: [.contentType: description.mediaType, .cacheControl: "no-cache"],
                body: ResponseBody(byteBuffer: description.content))
        }
    }
}
