internal import ForeignText
internal import Hummingbird

/// The rows of a long table that one page shows. A page has few enough rows to be drawn at once; links lead to the others.
struct PageOfRows: Sendable {
    static let size = 40

    var first: Int

    /// Reads `?from=80`.
    init(_ request: Request) {
        let from = request.uri.queryParameters["from"].flatMap { Int($0) } ?? 0
        first = min(max(0, from), 1_000_000) / Self.size * Self.size
    }

    var range: Range<Int> { first..<(first + Self.size) }

    /// The links to the rows before and after, for the template `pager`.
    /// - Parameter things: what the rows are, in the plural.
    func links(of count: Int, at address: String, things: String = "candidates") -> Links? {
        guard count > Self.size || first > 0 else { return nil }
        let mark = address.holds("?") ? "&" : "?"
        return Links(
            earlier: first > 0 ? "\(address)\(mark)from=\(max(0, first - Self.size))" : nil,
            later: first + Self.size < count ? "\(address)\(mark)from=\(first + Self.size)" : nil,
            range: "\(min(first + 1, count)) to \(min(first + Self.size, count)) of \(count)", things: things)
    }

    struct Links: Sendable {
        var earlier: String?
        var later: String?
        var range: String
        var things: String
    }
}
