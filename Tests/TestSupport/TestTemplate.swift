/// The database from which every migrated test database is copied, so that the migrations run once a process.
actor TestTemplate {
    static let shared = TestTemplate()

    private var made: Task<String, any Error>?

    func name() async throws -> String {
        if let made { return try await made.value }
        let task = Task {
            let name = "dailies_template"
            _ = try await PSQL.run("CREATE DATABASE \(name)", on: try await TestServer.shared.conninfo())
            return name
        }
        made = task
        return try await task.value
    }
}
