internal import Foundation
internal import Hummingbird
internal import NIOCore

/// The fields of a submitted form.
struct FormFields: Sendable {
    private let fields: [String: String]

    /// - Throws: ``SiteError`` for a body that is not a form or has a field twice.
    init(of request: Request) async throws {
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? false else {
            throw SiteError.badRequest("A form was expected.")
        }
        var body = try await request.body.collect(upTo: RequestBodies.limit)
        guard let bytes = body.readBytes(length: body.readableBytes), let text = String(validating: bytes, as: UTF8.self) else {
            throw SiteError.badRequest("The form is not UTF-8.")
        }
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = parts.count == 2 ? Self.decoded(parts[1]) : "", !value.contains("\0")
            else {
                throw SiteError.badRequest("The form is not encoded as forms are.")
            }
            guard fields.updateValue(value, forKey: name) == nil else { throw SiteError.badRequest("The field \(name) is there twice.") }
        }
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name] }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
