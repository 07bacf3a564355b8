internal import ForeignText
internal import Hummingbird

/// The query of a URL. As in a body, an unknown name is refused: otherwise a filter with a typing mistake in its name would show everything.
///
/// Hummingbird takes the query apart, by code points and not by characters.
struct QueryFields: Sendable {
    private static let mostAtOnce = 200

    private let fields: [String: String]

    /// - Parameter names: all names that the query may have.
    /// - Throws: ``SiteError``, 400.
    init(of request: Request, fields names: String...) throws(SiteError) {
        var fields: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            guard names.contains(String(name)) else {
                throw .badRequest("`\(name.prefix(40))` is not known in this address. What is: \(names.joined(separator: ", ")).")
            }
            guard !value.holdsNUL else { throw .badRequest("`\(name)` is a text without the character NUL.") }
            guard fields.updateValue(String(value), forKey: String(name)) == nil else { throw .badRequest("`\(name)` is there twice.") }
        }
        self.fields = fields
    }

    subscript(name: String) -> String? { fields[name] }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, of type: Choice.Type) throws(SiteError) -> Choice? {
        guard let text = fields[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw .badRequest("`\(name)` is one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return choice
    }

    /// The most items of one part.
    var limit: Int {
        get throws(SiteError) {
            guard let text = fields["limit"] else { return 50 }
            guard let limit = Int(text), (1...Self.mostAtOnce).contains(limit) else {
                throw .badRequest("`limit` is a number from 1 to \(Self.mostAtOnce).")
            }
            return limit
        }
    }

    /// The id after which the part begins.
    var cursor: Int64 {
        get throws(SiteError) {
            guard let text = fields["cursor"] else { return 0 }
            guard text.plainMatch(of: /[0-9]+/) != nil, let last = Int64(text) else {
                throw .badRequest("`cursor` is what the part before gave as next_cursor.")
            }
            return last
        }
    }
}
