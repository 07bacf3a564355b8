import ForeignText
import ReviewSite

/// The settings of the review site.
struct SiteSettings: Sendable {
    /// Address and port.
    var listen: Setting<String>
    /// `nil` when it is the listen address.
    var publicURL: Setting<String>?
    /// Separated by commas.
    var trustedProxies: Setting<String>?
    var emailHeader: Setting<String>?
    var sessionHours: Setting<Int>
    /// The site's configuration, with all values checked.
    var configuration: ReviewSite.Configuration

    init(reader: SettingsReader) throws(SettingsError) {
        let listen = try reader.text("listen") ?? Setting(value: "127.0.0.1:8080", source: .standard)
        guard let match = listen.value.plainMatch(of: /\[?([^\[\]]+)\]?:(\d{1,5})/), let port = Int(match.2) else {
            throw SettingsError(
                "listen", from: listen.source, "is an address and a port, such as 127.0.0.1:8080. It is \"\(listen.value)\".")
        }
        self.listen = listen
        publicURL = try reader.text("public-url")
        trustedProxies = try reader.text("trusted-proxies")
        emailHeader = try reader.text("email-header")
        sessionHours = try reader.number("session-hours", in: 1...720, default: 12)
        let proxies = trustedProxies?.value.parts(at: ",").map(\.withoutBlanks) ?? []
        do {
            configuration = try ReviewSite.Configuration(
                host: String(match.1), port: port, publicURL: publicURL?.value, proxies: proxies.filter { !$0.isEmpty },
                emailHeader: emailHeader?.value, sessionLifetime: .seconds(sessionHours.value * 3600))
        } catch {
            throw SettingsError(site: error.description)
        }
    }

    /// The site's URL, as far as the settings tell.
    var address: String { configuration.address(port: configuration.port) }
}
