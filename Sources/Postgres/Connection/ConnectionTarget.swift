/// Where a connection string leads. Holds no secret, so it may be shown.
public struct ConnectionTarget: Hashable, Sendable, CustomStringConvertible {
    /// Host names, addresses, or folders of Unix sockets, in the order in which they are tried; empty for libpq's own default.
    public let hosts: [String]
    /// One for all hosts, or one for each.
    public let ports: [String]
    public let database: String?
    public let user: String?

    /// Reads a connection string; what it leaves open comes from the environment, as in libpq.
    ///
    /// - Throws: ``PostgresError/Kind/connecting(target:reason:)`` when libpq cannot read it.
    public init(connectionString: String) throws(PostgresError) {
        let settings = try ConnectionSettings.read(connectionString)
        func list(_ keyword: String) -> [String] {
            (settings[keyword] ?? "").split(separator: ",").map(String.init)
        }
        let names = list("host")
        hosts = names.isEmpty ? list("hostaddr") : names
        ports = list("port")
        user = settings["user"]
        database = settings["dbname"] ?? settings["user"]
    }

    public var description: String {
        let places =
            hosts.isEmpty
            ? "the default socket, port \(ports.first ?? "5432")"
            : hosts.enumerated().map { index, host in
                let port = ports.indices.contains(index) ? ports[index] : ports.first ?? "5432"
                return host.hasPrefix("/") ? "socket \(host), port \(port)" : "\(host):\(port)"
            }.joined(separator: ", ")
        return "database “\(database ?? "?")” as user “\(user ?? "?")” at \(places)"
    }
}
