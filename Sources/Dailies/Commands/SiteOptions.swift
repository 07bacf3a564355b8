import ArgumentParser

/// The flags of commands that serve the review site or print links to it.
struct SiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the review site listens; 127.0.0.1:8080 by default. TLS is the work of a proxy in front. (env: DAILIES_LISTEN)",
            valueName: "address:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "What people have in their address bar, such as https://review.example.org. (env: DAILIES_PUBLIC_URL)", valueName: "url"))
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "IP addresses and ranges (10.1.0.0/16) of the proxies in front, separated by commas; those of this machine by default, none for no proxy. (env: DAILIES_TRUSTED_PROXIES)",
            valueName: "addresses"))
    var trustedProxies: String?

    @Option(
        help: ArgumentHelp(
            "The header in which those proxies say who has signed in with the company. They must remove it from what browsers send. (env: DAILIES_EMAIL_HEADER)",
            valueName: "name"))
    var emailHeader: String?

    @Option(help: ArgumentHelp("Hours for which a sign-in holds; 12 by default. (env: DAILIES_SESSION_HOURS)", valueName: "hours"))
    var sessionHours: Int?

    var flags: [String: String?] {
        [
            "listen": listen, "public-url": publicURL, "trusted-proxies": trustedProxies, "email-header": emailHeader,
            "session-hours": sessionHours.map(String.init),
        ]
    }
}
