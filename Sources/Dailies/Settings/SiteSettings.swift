import ForeignText
import ReviewSite

/// The settings of the review site.
struct SiteSettings: Sendable {
    /// Address and port.
    var listen: Setting<String>
    /// `nil` when it is the listen address.
    var publicURL: Setting<String>?
    /// Addresses and ranges, separated by commas or spaces; `nil` for the proxies of this machine.
    var trustedProxies: Setting<String>?
    var emailHeader: Setting<String>?
    var sessionHours: Setting<Int>
    /// The site's configuration, with all values checked.
    var configuration: ReviewSite.Configuration

    init(reader: SettingsReader) throws(SettingsError) {
        let listen = try reader.text("listen") ?? Setting(value: "127.0.0.1:8080", source: .standard)
        guard let match = listen.value.plainMatch(of: /\[?([A-Za-z0-9.:\-]+)\]?:([0-9]{1,5})/), let port = Int(match.2) else {
            throw SettingsError(
                "listen", from: listen.source, "is an address and a port, such as 127.0.0.1:8080.")
        }
        self.listen = listen
        publicURL = try reader.text("public-url")
        trustedProxies = try reader.text("trusted-proxies")
        emailHeader = try reader.text("email-header")
        sessionHours = try reader.number("session-hours", in: 1...720, default: 12)
        let proxies = trustedProxies.map { Self.entries($0.value) }
        do {
            configuration = try ReviewSite.Configuration(
                host: String(match.1), port: port, publicURL: publicURL?.value, proxies: proxies,
                emailHeader: emailHeader?.value, sessionLifetime: .seconds(sessionHours.value * 3600))
        } catch {
            throw SettingsError(site: error.description)
        }
    }

    private static func entries(_ list: String) -> [String] {
        // By bytes: what stands before a comma can be one character with it.
        list.utf8.split { [UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n")].contains($0) }
            .map { String(Substring($0)) }
    }

    /// The site's URL, as far as the settings tell.
    var address: String { configuration.address(port: configuration.port) }
}
