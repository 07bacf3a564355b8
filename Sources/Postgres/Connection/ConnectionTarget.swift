import ForeignText

/// The servers that a connection string names. It holds no secret, so it may be shown.
public struct ConnectionTarget: Sendable, CustomStringConvertible {
    /// Host names, addresses, or folders of Unix sockets, in the order in which they are tried; empty for libpq's own default.
    public let hosts: [String]
    /// One for all hosts, or one for each.
    public let ports: [String]
    public let database: String?
    public let user: String?

    /// The settings that lead to each host, in the order in which they are to be tried; one without any when libpq is to choose.
    let attempts: [[(keyword: String, value: String)]]

    /// Reads a connection string. Missing settings come from the environment, as in libpq.
    ///
    /// - Throws: ``PostgresError/Kind/connecting(target:reason:)`` when libpq cannot read it.
    public init(connectionString: String) throws(PostgresError) {
        let settings = try ConnectionSettings.read(connectionString)
        func list(_ keyword: String) -> [String] {
            (settings[keyword] ?? "").parts(at: ",").map { String($0) }
        }
        let names = list("host")
        let addresses = list("hostaddr")
        hosts = names.isEmpty ? addresses : names
        ports = list("port")
        attempts = Self.attempts(names, addresses, ports, prefersStandby: settings["target_session_attrs"] == "prefer-standby")
        user = settings["user"]
        database = settings["dbname"] ?? settings["user"]
    }

    private static func attempts(
        _ names: [String], _ addresses: [String], _ ports: [String], prefersStandby: Bool
    ) -> [[(keyword: String, value: String)]] {
        let count = max(names.count, addresses.count)
        guard count > 1 else { return [[]] }
        let places = (0..<count).map { index in
            [("host", names), ("hostaddr", addresses), ("port", ports)].compactMap { keyword, values in
                (values.indices.contains(index) ? values[index] : values.first).map { (keyword: keyword, value: $0) }
            }
        }
        // The only value of `target_session_attrs` for which libpq tries all hosts twice.
        guard prefersStandby else { return places }
        return ["standby", "any"].flatMap { wish in places.map { $0 + [(keyword: "target_session_attrs", value: wish)] } }
    }

    public var description: String {
        let places =
            hosts.isEmpty
            ? "the default socket, port \(ports.first ?? "5432")"
            : hosts.enumerated().map { index, host in
                let port = ports.indices.contains(index) ? ports[index] : ports.first ?? "5432"
                return host.begins(with: "/") ? "socket \(host), port \(port)" : "\(host):\(port)"
            }.joined(separator: ", ")
        return "database “\(database ?? "?")” as user “\(user ?? "?")” at \(places)"
    }
}
