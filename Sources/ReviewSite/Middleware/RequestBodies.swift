internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Reads a request's whole body before the route runs, so that every body has a limit of size and time.
struct RequestBodies: RouterMiddleware {
    /// In bytes. Far more than any comment with its form needs, and small enough for hundreds of requests at once.
    static let limit = 256 << 10
    private static let timeLimit = Duration.seconds(20)

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let length = request.headers[.contentLength].map { Int($0) ?? .max }
        guard length ?? 0 > 0 || request.headers[.transferEncoding] != nil else { return try await next(request, context) }
        guard length ?? 0 <= Self.limit else { throw Self.closing(.tooLarge, context) }
        var request = request
        do {
            request.body = RequestBody(buffer: try await Self.collect(request.body))
        } catch is NIOTooManyBytesError {
            throw Self.closing(.tooLarge, context)
        } catch is TooSlow {
            throw Self.closing(
                SiteError(status: .requestTimeout, title: "That took too long", explanation: "The request did not arrive."), context)
        }
        return try await next(request, context)
    }

    private struct TooSlow: Error {}

    private static func collect(_ body: RequestBody) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await body.collect(upTo: limit) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw TooSlow()
            }
            defer { group.cancelAll() }
            guard let collected = try await group.next() else { throw TooSlow() }
            return collected
        }
    }

    /// Closes the connection after the response. Otherwise the server would read the rest of the body, however long it is.
    private static func closing(_ error: SiteError, _ context: SiteContext) -> SiteError {
        var error = error
        error.headers[.connection] = "close"
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        return error
    }
}
