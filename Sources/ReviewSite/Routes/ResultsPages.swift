internal import HTTPTypes
internal import Hummingbird
internal import Reviews

/// The results of a role, as pages and as files.
struct ResultsPages: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.signedIn.get("roles/:role/results", use: results)
        routes.signedIn.get("roles/:role/results/calibration", use: calibration)
        routes.signedIn.get("roles/:role/results.csv", use: csv)
        routes.signedIn.get("roles/:role/results.json", use: json)
    }

    @Sendable private func results(_ request: Request, _ context: SiteContext) async throws -> Response {
        let part = PageOfRows(request)
        let results = try await services.reviews.results(role: context.name("role"), rows: part.range, viewer: context.viewer)
        return try services.renderer.response(ResultsPage(results, part: part), in: context)
    }

    @Sendable private func calibration(_ request: Request, _ context: SiteContext) async throws -> Response {
        let calibration = try await services.reviews.calibration(role: context.name("role"), viewer: context.viewer)
        return try services.renderer.response(CalibrationPage(calibration), in: context)
    }

    @Sendable private func csv(_ request: Request, _ context: SiteContext) async throws -> Response {
        let results = try await services.reviews.export(role: context.name("role"), viewer: context.viewer)
        return .csv(results.csv).attached(as: "\(results.role.slug).csv")
    }

    @Sendable private func json(_ request: Request, _ context: SiteContext) async throws -> Response {
        let results = try await ResultsJSON(exportingRole: context.name("role"), from: services.reviews, viewer: context.viewer)
        return try Response.json(results).attached(as: "\(results.role.slug).json")
    }
}

extension Response {
    /// Makes browsers save the response as a file.
    fileprivate func attached(as name: String) -> Response {
        var response = self
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}
