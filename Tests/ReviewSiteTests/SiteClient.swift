import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Speaks HTTP/1.1 with the site as a stranger may: every header, address and body as it is said here, a connection for each request.
struct SiteClient: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? { headers.first(name: name) }
        /// Whether a text stands anywhere in what was sent, headers included.
        func holds(_ text: String) -> Bool {
            headers.contains { $0.name.contains(text) || $0.value.contains(text) } || Data(body).range(of: Data(text.utf8)) != nil
        }
    }

    struct NoAnswer: Error {}

    var host = "127.0.0.1"
    var port: Int
    /// Sent with every request.
    var standing: [(String, String)] = []

    func with(_ headers: (String, String)...) -> SiteClient {
        var copy = self
        copy.standing += headers
        return copy
    }

    func get(_ target: String, _ headers: (String, String)...) async throws -> Answer { try await send("GET", target, headers) }

    /// - Parameter chunks: the body in chunks of this, in place of one whose length is known.
    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil, chunks: [String]? = nil
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var fields = HTTPHeaders([("Host", "\(host):\(port)"), ("Connection", "close")])
            for (name, value) in standing + headers { fields.add(name: name, value: value) }
            if let body { fields.replaceOrAdd(name: "Content-Length", value: fields.first(name: "Content-Length") ?? "\(body.utf8.count)") }
            if chunks != nil { fields.add(name: "Transfer-Encoding", value: "chunked") }
            do {
                try await outbound.write(
                    .head(HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target, headers: fields)))
                for part in chunks ?? [body].compactMap(\.self) { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: part)))) }
                try await outbound.write(.end(nil))
            } catch is IOError {
                // It has answered before it has heard all, and closed.
            } catch is ChannelError {
            }
            var answer: Answer?
            do {
                for try await part in inbound {
                    switch part {
                    case .head(let head): answer = Answer(status: Int(head.status.code), headers: head.headers, body: [])
                    case .body(let buffer): answer?.body += Array(buffer.readableBytesView)
                    case .end: break
                    }
                }
            } catch let error as IOError where answer != nil && error.errnoCode == 104 {
                // Closed with some of the request unread.
            }
            guard let answer else { throw NoAnswer() }
            return answer
        }
    }
}
