import Foundation
import Postgres
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The real `dailies` program on a data folder and a database of its own.
struct Product {
    /// What a command said and how it ended.
    struct Ending {
        var code: Int32
        var output: String
        var error: String
    }

    let data: FilePath
    let pool: PostgresPool
    /// Flags that lead to this product's folder and database.
    let flags: [String]
    /// Whether the database knows the accounts of a deployment: then each command goes there as the one that is meant for it.
    var hasAccounts = false
    /// Settings by the environment, for every command of this product.
    var settings: [Environment.Key: String] = [:]

    /// - Parameters:
    ///   - migrated: Whether the schema is there already; otherwise the database is empty.
    ///   - options: More of `CREATE DATABASE`, such as a locale; only for an empty one.
    static func with<Result>(
        migrated: Bool = true, options: String = "", _ body: (Product) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.withDatabase(migrated: migrated, options: options) { conninfo in
            try await TemporaryFolder.with { folder in
                let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 4)
                if !migrated { try await DatabaseAccount.makeAll(on: conninfo) }
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string], hasAccounts: true).reached(by: conninfo)
                let result = try await body(product)
                await pool.close()
                return result
            }
        }
    }

    /// The same product, whose program takes another way to the same database.
    func reached(by conninfo: String) -> Product {
        Product(data: data, pool: pool, flags: ["--data", data.string, "--database", conninfo], hasAccounts: hasAccounts)
    }

    /// A command's words with the flags that lead it to this product.
    func arguments(_ words: [String]) -> [String] {
        guard hasAccounts, let database = flags.firstIndex(of: "--database").map({ $0 + 1 }), let account = Self.account(of: words)
        else { return words + flags }
        var flags = flags
        flags[database] = account.reaching(flags[database])
        return words + flags
    }

    /// As the deployment's page says it.
    private static func account(of words: [String]) -> DatabaseAccount? {
        switch words.first {
        case "migrate": .migration
        case "work": .worker
        case "serve": .site
        // The whole product in one process, for a server of one's own.
        case "up", "inspect", nil: nil
        default: .operator
        }
    }

    /// `dailies`, beside the test program.
    static var program: FilePath {
        get throws {
            let test = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return FilePath(test).removingLastComponent().appending("dailies")
        }
    }

    /// Nothing of the tests' own settings reaches the program.
    static let variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
    static let environment = Environment.custom(variables)
    var variables: [Environment.Key: String] { Self.variables.merging(settings) { $1 } }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String...) async throws -> Ending {
        try await run(arguments)
    }

    @discardableResult
    func run(_ arguments: [String]) async throws -> Ending {
        let result = try await Subprocess.run(
            .path(Self.program), arguments: Arguments(self.arguments(arguments)), environment: .custom(variables),
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
        guard case .exited(let code) = result.terminationStatus else {
            Issue.record("dailies \(arguments) was ended by a signal: \(result.standardError)")
            return Ending(code: -1, output: "", error: "")
        }
        return Ending(code: Int32(code), output: result.standardOutput, error: result.standardError)
    }

    /// Runs a command beside `body`, which gets its process and has to see to its end.
    /// - Returns: how it ended.
    @discardableResult
    func running(_ arguments: String..., body: @escaping (pid_t) async throws -> Void) async throws -> TerminationStatus {
        try await running(arguments, body: body)
    }

    /// - Parameter log: the file that gets what the command says.
    @discardableResult
    func running(
        _ arguments: [String], log: FilePath = "/dev/null", body: @escaping (pid_t) async throws -> Void
    ) async throws -> TerminationStatus {
        let log = try FileDescriptor.open(log, .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        return try await Subprocess.run(
            .path(Self.program), arguments: Arguments(self.arguments(arguments)), environment: .custom(variables), input: .none,
            output: .discarded, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            do {
                try await body(execution.processIdentifier.value)
            } catch {
                kill(execution.processIdentifier.value, SIGKILL)
                throw error
            }
        }.terminationStatus
    }
}

extension Product {
    func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
        try await pool.query(query).one().decode(at: 0)
    }

    /// Asks the database again and again until the answer is true.
    func until(_ query: PostgresQuery, fileID: String = #fileID, line: Int = #line) async throws {
        try await TestSupport.until(fileID: fileID, line: line) { try await value(query) }
    }

    /// Waits until the only worker has been there for so long that its first look for jobs is over.
    func untilItIdles() async throws {
        try await until("SELECT count(*) = 1 AND bool_and(beaten_at > started_at + interval '2 seconds') FROM dailies.workers")
    }

    /// Does it again while the server is away.
    func patiently(_ body: () async throws -> Void) async throws {
        try await TestSupport.until {
            do {
                try await body()
                return true
            } catch let error as PostgresError where error.isInfrastructure {
                return false
            }
        }
    }

    /// Loads the role that ships with the project.
    func loadRole() async throws {
        let ending = try await run("role", "load", Self.project.appending("deploy/roles/deep-learning-engineer.yaml").string)
        #expect(ending.code == 0, "\(ending.error)")
    }

    static var project: FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    }

    /// Recordings of several kinds and browsers, each quickly looked into.
    static func recordings(_ count: Int) -> [FilePath] {
        let names = ["chrome-vp8-opus.webm", "chrome-h264-opus.mp4", "fault-mic-muted.webm", "resized-midway.webm", "audio-only.webm"]
        return (0..<count).map { Fixtures.recording(names[$0 % names.count]) }
    }

    /// Imports recordings as answers of as many candidates as it takes.
    /// - Parameter first: the first candidate's number; those of before have answered.
    func bringIn(_ files: [FilePath], from first: Int = 1) async throws {
        try await loadRole()
        var text = "role,question,candidate_name,candidate_email,file\n"
        for (index, file) in files.enumerated() {
            let person = index / 20 + first
            text += "deep-learning-engineer,\(index % 20 + 1),Candidate \(person),candidate-\(person)@example.org,\(file)\n"
        }
        let manifest = data.appending("answers.csv")
        try text.write(toFile: manifest.string, atomically: false, encoding: .utf8)
        let ending = try await run("import", manifest.string)
        #expect(ending.code == 0, "\(ending.error)")
    }

    /// Every response has come to its end once, each artifact that a record names is there and is what the record says, and
    /// nothing half-made is left.
    func expectWhole(responses: Int) async throws {
        #expect(try await value("SELECT count(*) FROM dailies.responses") == responses)
        #expect(try await value("SELECT count(*) FROM dailies.review_records") == responses)
        #expect(try await value("SELECT count(*) FROM dailies.jobs") == 0)
        #expect(try await value("SELECT count(*) FROM dailies.job_history WHERE kind = 'inspect_response'") == responses)
        #expect(try await value("SELECT count(*) FROM dailies.outbox WHERE topic <> 'response.playable'") == responses)
        let storage = try await FolderStorage.open(data.appending("storage"))
        let rows = try await pool.query("SELECT key, bytes, sha256 FROM dailies.artifacts")
        for (key, bytes, sha256) in try rows.decode((String.self, Int64.self, String.self)) {
            let file = try await storage.openArtifact(try StorageKey(key))
            #expect(file.bytes == bytes)
            let found = try await OpenedFile.sha256(of: file.descriptor)
            #expect(found == sha256)
        }
        let staging = data.appending("storage/.staging").string
        let left = FileManager.default.enumerator(atPath: staging)?.compactMap { $0 as? String } ?? []
        #expect(left.filter { $0.contains("/") && !$0.hasSuffix("lock") }.isEmpty, "staged files are left: \(left)")
    }
}
