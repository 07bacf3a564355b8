internal import ForeignText
internal import HTTPTypes
internal import Hummingbird

/// Refuses a request at once if its `Accept` header excludes the response's type.
///
/// The error itself is JSON in any case: RFC 9110 allows an error in a type that was not asked for.
struct Acceptance: RouterMiddleware {
    /// The type of the responses, such as `text/csv`.
    let mediaType: String

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard Self.accepts(mediaType, request.headers[.accept]) else { throw SiteError.notAcceptable(mediaType) }
        return try await next(request, context)
    }

    /// Whether a header accepts a type (RFC 9110, 12.5.1). The most specific range counts, and `q=0` refuses.
    /// - Parameter header: the value of `Accept`. Without one everything is accepted.
    static func accepts(_ mediaType: String, _ header: String?) -> Bool {
        guard let header else { return true }
        var best = (exactness: -1, isWelcome: false)
        for part in header.inLowerCase.parts(at: ",") {
            let words = part.parts(at: ";").map(\.withoutBlanks)
            guard let range = words.first, let exactness = exactness(of: range, mediaType), exactness >= best.exactness else { continue }
            let quality = words.dropFirst().lazy.compactMap { $0.rest(after: "q=") }.first.map { Double($0) ?? 0 } ?? 1
            best = (exactness, exactness == best.exactness && best.isWelcome || quality > 0)
        }
        return best.isWelcome
    }

    /// `nil` when the range does not include the type.
    private static func exactness(of range: String, _ mediaType: String) -> Int? {
        if range == mediaType { return 2 }
        if range == "*/*" { return 0 }
        guard let kind = range.rest(before: "*"), kind.ends(with: "/") else { return nil }
        return mediaType.begins(with: String(kind)) ? 1 : nil
    }
}
