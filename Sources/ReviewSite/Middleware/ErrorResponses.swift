internal import ForeignText
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Postgres
internal import Reviews
internal import Storage

/// Turns every error into a helpful response: a page for browsers, a problem (RFC 9457) for programs.
struct ErrorResponses: RouterMiddleware {
    let renderer: PageRenderer

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The server itself responds to invalid HTTP.
            throw error
        } catch {
            return try answer(to: request, Self.explained(error, context.logger), in: context)
        }
    }

    static func explained(_ error: any Error, _ logger: Logger) -> SiteError {
        switch error {
        case let error as SiteError: return error
        case let error as ReviewsError: return SiteError(error)
        case is PasswordHasher.Busy: return .busy
        // Each parser refuses it by itself, with the field's name. This is for the one that forgets.
        case let error as PostgresError where error.isOfNUL: return .badRequest("No text may hold the character NUL.")
        case let error as PostgresError where error.isInfrastructure:
            logger.warning("the database is away", metadata: ["error": "\(error)"])
            return .unavailable
        case let error as PostgresError where error.isCancellation: return .unavailable
        case let error as StorageError where error.fault == .infrastructure:
            logger.warning("the storage is away", metadata: ["error": "\(error)"])
            return .unavailable
        case is NIOTooManyBytesError: return .tooLarge
        case is DecodingError: return .badRequest("What was sent has not the expected form.")
        case let error as any HTTPResponseError: return plain(error.status)
        case is CancellationError: return .unavailable
        default:
            // This project's errors have descriptions without secrets and candidates' data. Of other errors only the type is logged.
            let text =
                (error as? PostgresError)?.description ?? (error as? StorageError)?.description ?? (error as? TemplateError)?.description
            logger.error("a request failed", metadata: ["error": "\(text ?? "\(type(of: error))")"])
            return .fault
        }
    }

    private static func plain(_ status: HTTPResponse.Status) -> SiteError {
        switch status.code {
        case 404: .notFound
        case 413: .tooLarge
        case 500...: .fault
        default: SiteError(status: status, title: status.reasonPhrase, explanation: "The request cannot be answered as it is.")
        }
    }

    private func answer(to request: Request, _ error: SiteError, in context: SiteContext) throws -> Response {
        let isPage = (request.headers[.accept] ?? "").holds("text/html") && !request.uri.path.begins(with: "/api/")
        if isPage, error.status == .unauthorized {
            let target = request.method == .get ? ReturnPath(request.uri.string) : nil
            return Response.redirect(to: "/sign-in" + (target.map { "?return_to=\($0.encoded)" } ?? ""))
        }
        var response = isPage ? try renderer.response(ErrorPage(error), status: error.status, in: context) : try Self.problem(error)
        response.headers.append(contentsOf: error.headers)
        if error.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private struct Problem: Encodable {
        var type = "about:blank"
        var title: String
        var status: Int
        var detail: String
    }

    private static func problem(_ error: SiteError) throws -> Response {
        let problem = Problem(
            title: error.title, status: error.status.code, detail: error.explanation + (error.advice.map { " \($0)" } ?? ""))
        var response = try Response.json(problem, status: error.status)
        response.headers[.contentType] = "application/problem+json"
        return response
    }
}
