import Crypto

/// One step of the schema: a file of SQL that is applied once, in a transaction of its own, and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// Its place in the order, from 1.
    public let number: Int

    /// What it makes, for example `jobs`.
    public let name: String

    public let sql: String

    /// The SHA-256 of the file in hexadecimal. The database keeps it, so that a later edit is found out.
    public let checksum: String

    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
        self.checksum = SHA256.hexadecimal(of: sql)
    }

    /// The file in `Sources/Migrations/SQL`, for example `0002_roles.sql`.
    public var fileName: String {
        Self.fileName(number: number, name: name)
    }

    static func fileName(number: Int, name: String) -> String {
        String(repeating: "0", count: max(0, 4 - String(number).count)) + "\(number)_\(name).sql"
    }
}
