internal import ForeignText
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The JSON object in a request's body. A name that the route does not know is refused, because it is most often a typing mistake.
struct JSONBody: Sendable {
    private let fields: [String: JSONValue]

    /// - Parameter names: all names that the object may have.
    /// - Throws: ``SiteError``: 415 for another media type, 400 for invalid JSON, 422 for another object.
    init(of request: Request, fields names: String...) async throws {
        let type = request.headers[.contentType]?.parts(at: ";").first?.withoutBlanks.inLowerCase
        guard type == "application/json" else {
            throw SiteError(
                status: .unsupportedMediaType, title: "That is of another type", explanation: "This takes JSON.",
                advice: "Send it with Content-Type: application/json")
        }
        let body = try await request.body.collect(upTo: RequestBodies.limit)
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(body.readableBytesView))
        } catch {
            throw SiteError.badRequest("What was sent is not valid JSON.")
        }
        guard case .object(let fields) = value else { throw SiteError.unprocessable("A JSON object was expected.") }
        try self.init(fields, names, path: "")
    }

    private let path: String

    private init(_ fields: [String: JSONValue], _ names: [String], path: String) throws(SiteError) {
        let unknown = fields.keys.filter { !names.contains($0) }.sorted()
        guard unknown.isEmpty else {
            // The name comes from the request and may be anything, so only its beginning is quoted.
            let quoted = unknown.prefix(3).map { "`\(path)\($0.prefix(40))`" }.joined(separator: ", ")
            throw .unprocessable("\(quoted) is not known here.", advice: "What is: \(names.joined(separator: ", ")).")
        }
        self.fields = fields
        self.path = path
    }

    private func value(_ name: String) -> JSONValue? {
        if case .null = fields[name] { nil } else { fields[name] }
    }

    private func refusal(_ name: String, _ expected: String) -> SiteError {
        .unprocessable("`\(path)\(name)` is \(expected).")
    }

    /// `nil` when it is null or missing.
    func text(ifPresent name: String) throws(SiteError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .text(let text) = value, !text.holdsNUL else { throw refusal(name, "a text without the character NUL") }
        return text
    }

    func text(_ name: String) throws(SiteError) -> String {
        guard let text = try text(ifPresent: name) else { throw refusal(name, "missing; it is a text") }
        return text
    }

    func integer(ifPresent name: String) throws(SiteError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integer else { throw refusal(name, "a whole number") }
        return integer
    }

    func integer(_ name: String) throws(SiteError) -> Int {
        guard let integer = try integer(ifPresent: name) else { throw refusal(name, "missing; it is a whole number") }
        return integer
    }

    func flag(_ name: String) throws(SiteError) -> Bool {
        guard case .flag(let flag)? = value(name) else { throw refusal(name, "true or false") }
        return flag
    }

    /// A value of an enumeration, by its name; `nil` when it is null or missing.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        ifPresent name: String, of type: Choice.Type
    ) throws(SiteError) -> Choice? {
        guard let value = value(name) else { return nil }
        guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
            throw refusal(name, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, of type: Choice.Type) throws(SiteError) -> Choice {
        guard let choice = try choice(ifPresent: name, of: type) else {
            throw refusal(name, "missing; it is one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func texts(_ name: String) throws(SiteError) -> [String] {
        guard case .list(let items)? = value(name) else { throw refusal(name, "a list of texts") }
        var texts: [String] = []
        for item in items {
            guard case .text(let text) = item, !text.holdsNUL else { throw refusal(name, "a list of texts without the character NUL") }
            texts.append(text)
        }
        return texts
    }

    /// Pairs of whole numbers; none when it is null or missing.
    func pairs(_ name: String) throws(SiteError) -> [(Int, Int)] {
        guard let value = value(name) else { return [] }
        let expected = "a list of pairs of whole numbers, [[from, to]]"
        guard case .list(let items) = value else { throw refusal(name, expected) }
        var pairs: [(Int, Int)] = []
        for item in items {
            guard case .list(let pair) = item, pair.count == 2, let first = pair[0].integer, let second = pair[1].integer else {
                throw refusal(name, expected)
            }
            pairs.append((first, second))
        }
        return pairs
    }

    func object(_ name: String, fields names: String...) throws(SiteError) -> JSONBody {
        guard case .object(let fields)? = value(name) else { throw refusal(name, "an object") }
        return try JSONBody(fields, names, path: "\(path)\(name).")
    }
}
