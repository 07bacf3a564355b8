import CLibpq
import ForeignText

/// libpq's reading of a connection string.
enum ConnectionSettings {
    /// The settings of a connection string, completed by the environment, without empty ones and without the password.
    static func read(_ connectionString: String) throws(PostgresError) -> [String: String] {
        if let problem = ConnectionURL.problem(of: connectionString) {
            throw PostgresError(.connecting(target: "as configured", reason: problem))
        }
        var complaint: UnsafeMutablePointer<CChar>?
        guard let stated = unsafe PQconninfoParse(connectionString, &complaint) else {
            defer { unsafe PQfreemem(complaint) }
            throw PostgresError(.connecting(target: "as configured", reason: unsafe reason(of: complaint)))
        }
        defer { unsafe PQconninfoFree(stated) }
        var settings: [String: String] = [:]
        if let defaults = unsafe PQconndefaults() {
            defer { unsafe PQconninfoFree(defaults) }
            unsafe collect(defaults, into: &settings)
        }
        unsafe collect(stated, into: &settings)
        return settings
    }

    private static func collect(_ options: UnsafeMutablePointer<PQconninfoOption>, into settings: inout [String: String]) {
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val, unsafe value.pointee != 0, unsafe option.pointee.dispchar.pointee != passwordMark {
                settings[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
    }

    /// How libpq marks the settings that a form should hide (`dispchar`).
    private static let passwordMark = CChar(UInt8(ascii: "*"))

    /// libpq quotes pieces of the string, possibly of a password, in its complaints: keep the part before the first quote.
    private static func reason(of complaint: UnsafeMutablePointer<CChar>?) -> String {
        guard let complaint = unsafe complaint else { return "the connection string cannot be read" }
        let text = unsafe String(cString: complaint)
        if text.begins(with: "missing \"=\"") { return "the connection string has a setting without “=”" }
        let head = text.parts(at: "\"", keepingEmpty: true)[0].lines.first ?? ""
        return "the connection string cannot be read: \(head.isEmpty ? "" : head + "…")"
    }
}
