import Migrations
import Postgres

/// The database from which every migrated test database is copied, so that the migrations run once a process.
actor TestTemplate {
    static let shared = TestTemplate()

    private var made: Task<String, any Error>?

    func name() async throws -> String {
        if let made { return try await made.value }
        let task = Task {
            let name = "dailies_template"
            let server = try await TestServer.shared.conninfo()
            try await PostgresConnection.connect(server).script("CREATE DATABASE \(name)")
            let template = TestDatabase.conninfo(server, database: name)
            try await DatabaseAccount.makeAll(on: template)
            let connection = try await PostgresConnection.connect(DatabaseAccount.migration.reaching(template))
            _ = try await Migrator().apply(on: connection)
            return name
        }
        made = task
        return try await task.value
    }
}
