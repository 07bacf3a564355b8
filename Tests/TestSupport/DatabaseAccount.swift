import Foundation
import Postgres
import SystemPackage

/// The accounts that `deploy/database-roles.sql` makes. The tests' server has them, so that what the tests run has the rights that a
/// deployment gives it, and no more.
public enum DatabaseAccount: String, CaseIterable, Sendable {
    case migration, worker, site, intake, `operator`, monitor

    public var name: String { "dailies_\(rawValue)" }

    /// The same database as this account. libpq takes the last of several values.
    public func reaching(_ conninfo: String) -> String { "\(conninfo) user=\(name)" }

    /// Runs the file on a database, as an administrator would.
    /// - Parameter conninfo: of an administrator.
    public static func makeAll(on conninfo: String) async throws {
        let path = Fixtures.project.appending("deploy/database-roles.sql").string
        let file = try String(contentsOfFile: path, encoding: .utf8)
        try await PostgresConnection.connect(conninfo).script(file)
    }
}
