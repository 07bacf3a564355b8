/// One right of an account.
public struct GrantedRight: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case table, sequence, function, schema
    }

    public var kind: Kind
    /// With its schema, such as `dailies.jobs`; a function may have its arguments' types behind it.
    public var object: String
    /// Such as `SELECT`.
    public var privilege: String
    /// The column, if the right is on one column of a table.
    public var column: String?

    public init(_ kind: Kind, _ object: String, _ privilege: String, column: String? = nil) {
        self.kind = kind
        self.object = object
        self.privilege = privilege
        self.column = column
    }
}

extension Grants {
    /// What the SQL gives to an account, by itself or by `PUBLIC`. The statements are read in their order, since a later one may take away what
    /// an earlier one gave.
    /// - Parameters:
    ///   - tables: all tables, views and materialized views of the schema, with its name, which `ALL TABLES` means.
    ///   - functions: all its functions, which `ALL FUNCTIONS` means.
    public func rights(of account: String, tables: [String], functions: [String]) -> Set<GrantedRight> {
        var rights: Set<GrantedRight> = []
        for statement in statements {
            guard let match = statement.wholeMatch(of: /(GRANT|REVOKE) (.+?) ON (.+) (?:TO|FROM) (.+)/),
                Self.split(match.4).contains(where: { $0 == account || $0 == "PUBLIC" })
            else { continue }
            let (kind, objects) = Self.objects(String(match.3), tables: tables, functions: functions)
            for object in objects {
                for (privilege, columns) in Self.privileges(match.2) {
                    if match.1 == "GRANT" {
                        rights.formUnion(columns.map { GrantedRight(kind, object, privilege, column: $0) })
                    } else {
                        rights = rights.filter {
                            $0.kind != kind || $0.object != object || (privilege != "ALL" && $0.privilege != privilege)
                        }
                    }
                }
            }
        }
        return rights
    }

    /// The statements without comments, each on one line with single spaces.
    private var statements: [String] {
        sql.split(separator: "\n").map { $0.prefix(upTo: $0.firstRange(of: "--")?.lowerBound ?? $0.endIndex) }.joined(separator: " ")
            .split(separator: ";").map { $0.split { $0.isWhitespace }.joined(separator: " ") }
    }

    private static func objects(_ text: String, tables: [String], functions: [String]) -> (GrantedRight.Kind, [String]) {
        switch text {
        case "ALL TABLES IN SCHEMA dailies": (.table, tables)
        case "ALL FUNCTIONS IN SCHEMA dailies": (.function, functions)
        // No account gets all sequences; an earlier REVOKE takes from nobody.
        case "ALL SEQUENCES IN SCHEMA dailies": (.sequence, [])
        case _ where text.hasPrefix("SCHEMA "): (.schema, split(text.dropFirst("SCHEMA ".count)))
        case _ where text.hasPrefix("SEQUENCE "): (.sequence, split(text.dropFirst("SEQUENCE ".count)))
        case _ where text.hasPrefix("FUNCTION "): (.function, split(text.dropFirst("FUNCTION ".count)))
        default: (.table, split(text[...]))
        }
    }

    /// Each privilege with its columns; the column `nil` stands for the whole object.
    private static func privileges(_ text: Substring) -> [(privilege: String, columns: [String?])] {
        split(text).map { part in
            guard let open = part.firstIndex(of: "(") else { return (part, [nil]) }
            let columns = part[part.index(after: open)...].dropLast()
            return (part[..<open].split(separator: " ").joined(), split(columns).map { Optional($0) })
        }
    }

    /// Splits at commas that stand outside of parentheses.
    private static func split(_ text: Substring) -> [String] {
        var (parts, depth) = ([""], 0)
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map { String($0.trimmingPrefix { $0 == " " }) }.filter { !$0.isEmpty }
    }
}
