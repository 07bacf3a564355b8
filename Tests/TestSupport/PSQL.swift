import Subprocess

/// PostgreSQL's own client: what another program sees, independent of this project's code.
public enum PSQL {
    /// Runs SQL and returns its rows, one a line, fields separated by `|`, without the last newline.
    /// By standard input, so that the SQL may be of any length.
    /// - Throws: ``Failure`` with what `psql` said, when it did not end well.
    @discardableResult
    public static func run(_ sql: String, on conninfo: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("psql"), arguments: ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", conninfo],
            input: .string(sql), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else { throw Failure(sql: sql, output: result.standardError) }
        return result.standardOutput.hasSuffix("\n") ? String(result.standardOutput.dropLast()) : result.standardOutput
    }

    /// The whole database as SQL, without its owner, as `pg_dump` writes it.
    public static func dump(_ conninfo: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("pg_dump"), arguments: ["--no-owner", "--dbname", conninfo], output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else { throw Failure(sql: "pg_dump", output: result.standardError) }
        return result.standardOutput
    }

    public struct Failure: Error, CustomStringConvertible {
        public let sql: String
        public let output: String

        public var description: String { "\(sql) failed: \(output)" }
    }
}
