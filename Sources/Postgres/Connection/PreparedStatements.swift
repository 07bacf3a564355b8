/// Which statements a session has prepared, and what to do with the next query. Pure decisions without I/O.
///
/// A statement is prepared when it is used the second time, so that a query that is used once costs one round trip. Their number is limited,
/// because a program that builds statements can make any number of them.
struct PreparedStatements {
    enum Step: Equatable {
        /// Send it with its text.
        case plain
        /// Prepare it under this name, then run it by that.
        case prepare(String)
        /// Run it by this name.
        case prepared(String)
    }

    static let most = 200

    /// Names by SQL; nil: seen once.
    private var names: [String: String?] = [:]
    private var count = 0

    mutating func step(for sql: String) -> Step {
        switch names[sql] {
        case .some(.some(let name)): return .prepared(name)
        case .some(.none):
            count += 1
            return .prepare("dailies_\(count)")
        case .none:
            if names.count < Self.most { names[sql] = .some(nil) }
            return .plain
        }
    }

    /// The server has prepared it.
    mutating func keep(_ name: String, for sql: String) {
        names[sql] = name
    }

    /// The session no longer has the statement, or it no longer fits the tables. When it is prepared again, it gets a new name.
    mutating func forget(_ sql: String) {
        names[sql] = .some(nil)
    }
}
