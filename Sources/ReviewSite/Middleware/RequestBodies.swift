internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Takes a request's whole body in before its route begins, so that each has a limit and a time, and none is forgotten.
struct RequestBodies: RouterMiddleware {
    /// In bytes: far above any comment with its form, and small enough for hundreds at once.
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

    /// What is still to come would be read to its end, however long that is; so the connection goes once the answer is out.
    private static func closing(_ error: SiteError, _ context: SiteContext) -> SiteError {
        var error = error
        error.headers[.connection] = "close"
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        return error
    }
}
