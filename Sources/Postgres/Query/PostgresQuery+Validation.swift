import ForeignText

extension PostgresQuery {
    /// The protocol counts binds in 16 bits.
    private static let mostBinds = 65_535

    static let nulComplaint = "the SQL holds the character NUL"

    private static func nul(in index: Int, _ label: String) -> PostgresError {
        PostgresError(
            .encoding(reason: "value $\(index + 1): the text holds the character NUL, which PostgreSQL cannot store", isNUL: true),
            query: label)
    }

    /// Checks before sending whether a query can be sent.
    ///
    /// - Throws: ``PostgresError/Kind/encoding(reason:)``.
    func validate() throws(PostgresError) {
        // C would read such text only up to the NUL, which is another query, or another value.
        guard !sql.holdsNUL else { throw PostgresError(.encoding(reason: Self.nulComplaint), query: label) }
        let binds = binds
        guard binds.count <= Self.mostBinds else {
            throw PostgresError(
                .encoding(reason: "\(binds.count) values are bound, and \(Self.mostBinds) is the most; bind an array instead"), query: label
            )
        }
        for (index, bind) in binds.enumerated() {
            switch bind.content {
            case .refused(let reason): throw PostgresError(.encoding(reason: "value $\(index + 1): \(reason)"), query: label)
            case .nul: throw Self.nul(in: index, label)
            case .text(let text) where text.holdsNUL: throw Self.nul(in: index, label)
            case .text, .binary, .null: break
            }
        }
    }
}
