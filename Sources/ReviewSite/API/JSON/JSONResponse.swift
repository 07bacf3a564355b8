internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
import NullableJSON
internal import Reviews

extension Response {
    /// A value as JSON: names in snake case, times as ISO 8601 in UTC.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    static func csv(_ table: CSVTable) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: table.text)))
    }

    /// Success without content.
    static var done: Response { Response(status: .noContent) }
}

/// A complete list, for things of which there are few.
struct ListJSON<Item: Encodable & Sendable>: Encodable, Sendable {
    var items: [Item]
}

/// A part of a long list.
struct PartJSON<Item: Encodable & Sendable>: Encodable, Sendable {
    var items: [Item]
    /// The value of `?cursor=…` for the next part; `null` in the last part.
    @OrNull var nextCursor: String?
}
