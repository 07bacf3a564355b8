internal import ForeignText
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The fields of a submitted form.
struct FormFields: Sendable {
    private let fields: [String: String]

    /// - Throws: ``SiteError`` for a body that is not a form, has a field twice, or holds the character NUL.
    init(of request: Request) async throws {
        guard Self.isForm(request) else { throw SiteError.badRequest("A form was expected.") }
        let bytes = Array(buffer: try await request.body.collect(upTo: RequestBodies.limit))
        guard String(validating: bytes, as: UTF8.self) != nil else { throw SiteError.badRequest("The form is not UTF-8.") }
        fields = try Self.fields(in: bytes)
    }

    static func isForm(_ request: Request) -> Bool {
        request.headers[.contentType]?.inLowerCase.begins(with: "application/x-www-form-urlencoded") ?? false
    }

    subscript(name: String) -> String? { fields[name] }

    /// The fields by name.
    static func fields(in form: [UInt8]) throws(SiteError) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in form.split(separator: UInt8(ascii: "&")) {
            let head = pair.prefix { $0 != UInt8(ascii: "=") }
            guard let name = decoded(head), let value = decoded(pair.dropFirst(head.count + 1)) else {
                throw .badRequest("The form is not encoded as forms are.")
            }
            guard !name.holdsNUL, !value.holdsNUL else { throw .badRequest("A field of the form holds the character NUL.") }
            guard fields.updateValue(value, forKey: name) == nil else { throw .badRequest("The field \(name) is there twice.") }
        }
        return fields
    }

    /// `nil` for a percent sign without two digits behind it, and for bytes that are not UTF-8.
    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
