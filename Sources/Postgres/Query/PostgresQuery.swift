import ForeignText

/// SQL with its bound values, written as a string literal:
/// ```swift
/// let query: PostgresQuery = "SELECT id FROM dailies.jobs WHERE state = \(state) AND attempt < \(limit)"
/// ```
/// Every interpolation becomes a bind (`$1`, `$2`, …), never text, so a value cannot change what the query says. What has to be
/// text says so: `\(identifier: name)` quotes a name, `\(verbatim: sql)` inserts SQL as it is, `\(fragment: query)` inserts
/// another query together with its binds.
///
/// A query may have a name, which errors and logs show in place of its SQL: `PostgresQuery(named: "jobs.claim", "SELECT …")`.
public struct PostgresQuery: Sendable {
    enum Piece: Sendable {
        case sql(String)
        case bind(PostgresBind)
    }

    var pieces: [Piece]

    /// The values of the `$1`, `$2`, … that verbatim SQL brought along.
    private var verbatimBinds: [PostgresBind] = []

    /// The query's name, for people.
    public var name: String?

    /// A query with a name for errors and logs.
    public init(named name: String, _ query: PostgresQuery) {
        self = query
        self.name = name
    }

    /// SQL from elsewhere, for example from a `.sql` file, unchanged.
    ///
    /// - Parameters:
    ///   - name: The query's name for errors and logs.
    ///   - verbatim: One statement with `$1`, `$2`, … where the binds go. Never assemble it from values.
    ///   - binds: The values, in order.
    public init(named name: String? = nil, verbatim: String, binds: [any PostgresEncodable] = []) {
        self.name = name
        self.pieces = [.sql(verbatim)]
        self.verbatimBinds = binds.map { PostgresBind($0) }
    }

    init(pieces: [Piece]) {
        self.pieces = pieces
    }
}

extension PostgresQuery {
    /// The SQL with `$n` in the places of its binds.
    public var sql: String {
        var text = ""
        var count = 0
        for piece in pieces {
            switch piece {
            case .sql(let sql): text += sql
            case .bind:
                count += 1
                text += "$\(count)"
            }
        }
        return text
    }

    /// The bound values in the order of their numbers.
    public var binds: [PostgresBind] {
        let inline = pieces.compactMap { piece in if case .bind(let bind) = piece { bind } else { nil } }
        return inline + verbatimBinds
    }

    /// What errors and logs show: the name, or the beginning of the SQL without any value.
    var label: String {
        if let name { return name }
        let line = sql.words.joined(separator: " ")
        return line.count > 80 ? "\(line.prefix(79))…" : line
    }
}

extension PostgresQuery: CustomStringConvertible {
    /// The name or the SQL; never a bound value.
    public var description: String { label }
}

extension PostgresQuery: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        self.init(pieces: [.sql(value)])
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(pieces: stringInterpolation.pieces)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ literal: String) {
            pieces.append(.sql(literal))
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            pieces.append(.bind(PostgresBind(value)))
        }

        /// Binds a value, or NULL. (Without an overload for optionals, the compiler takes them for a mistake.)
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            pieces.append(.bind(PostgresBind(value)))
        }

        /// Inserts a name (of a table, a channel, a column), quoted, so that it can be nothing but a name.
        public mutating func appendInterpolation(identifier name: String) {
            pieces.append(.sql("\"" + name.with("\"\"", for: "\"") + "\""))
        }

        /// Inserts SQL as it is. Only for text that the program itself holds, never for anything that came from outside.
        public mutating func appendInterpolation(verbatim sql: String) {
            pieces.append(.sql(sql))
        }

        /// Inserts another query; its binds are renumbered. Not for queries that bring their own `$1`.
        public mutating func appendInterpolation(fragment query: PostgresQuery) {
            pieces += query.pieces
        }
    }
}
