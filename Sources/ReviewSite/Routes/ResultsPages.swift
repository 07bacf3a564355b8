internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Reviews

/// The results of a role, to look at and to take along.
struct ResultsPages: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.signedIn.get("roles/:role/results", use: results)
        routes.signedIn.get("roles/:role/results.csv", use: csv)
        routes.signedIn.get("roles/:role/results.json", use: json)
    }

    @Sendable private func results(_ request: Request, _ context: SiteContext) async throws -> Response {
        let results = try await services.reviews.results(role: context.name("role"), viewer: context.viewer)
        return try services.renderer.response(ResultsPage(results, part: PageOfRows(request)), in: context)
    }

    @Sendable private func csv(_ request: Request, _ context: SiteContext) async throws -> Response {
        let results = try await services.reviews.export(role: context.name("role"), viewer: context.viewer)
        return Self.file(ByteBuffer(string: results.csv.text), type: "text/csv; charset=utf-8", name: "\(results.role.slug).csv")
    }

    @Sendable private func json(_ request: Request, _ context: SiteContext) async throws -> Response {
        let results = try await services.reviews.export(role: context.name("role"), viewer: context.viewer)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return Self.file(ByteBuffer(bytes: try encoder.encode(results.lines)), type: "application/json", name: "\(results.role.slug).json")
    }

    private static func file(_ content: ByteBuffer, type: String, name: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody(byteBuffer: content))
    }
}
