/// What libpq would make of a URL, where that is not what its writer meant.
///
/// libpq ends a URL's user and password at the first `/` or `@`. A password that has one of them as it is falls apart: pieces become the
/// host's, the port's or the database's name, which messages show and to which libpq would connect.
enum ConnectionURL {
    /// Why a connection string is refused: the end of a sentence that repeats nothing of it. `nil` for other kinds of connection strings, and
    /// for a URL of which each piece is what it says.
    static func problem(of connectionString: String) -> String? {
        let bytes = Array(connectionString.utf8)
        guard let scheme = schemes.first(where: { bytes.starts(with: $0) }) else { return nil }
        let rest = bytes[scheme.count...]
        let end = rest.firstIndex { $0 == at || $0 == slash } ?? rest.endIndex
        let hasCredentials = end < rest.endIndex && rest[end] == at
        let place = hasCredentials ? rest[(end + 1)...] : rest
        let path = place.prefix { $0 != question }
        guard !path.contains(at) else { return unencoded }
        for host in path.prefix(while: { $0 != slash }).split(separator: comma, omittingEmptySubsequences: false) {
            guard hasPlainPort(host) else { return unencoded }
        }
        return nil
    }

    private static func hasPlainPort(_ host: ArraySlice<UInt8>) -> Bool {
        let name = host.lastIndex(of: UInt8(ascii: "]")).map { host[($0 + 1)...] } ?? host
        guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return true }
        return name[(colon + 1)...].allSatisfy { (48...57).contains($0) }
    }

    private static let schemes = ["postgresql://", "postgres://"].map { Array($0.utf8) }
    private static let (at, slash, question, comma) = (UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: ","))
    private static let unencoded =
        "the connection string is a URL whose parts cannot be told apart. In a user or password write / as %2F, @ as %40, : as %3A, ? as %3F and % as %25"
}
