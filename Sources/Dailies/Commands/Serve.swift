import ArgumentParser

struct Serve: Daemon {
    static let configuration = CommandConfiguration(
        abstract: "Serve the review site and its API.",
        discussion: """
            For real deployments; `dailies up` does it too. Any number may run behind one proxy, on one database and storage: sessions are in \
            the database. It waits until `dailies migrate` has brought the schema up to date, and answers 503 while the database is away.

            It speaks HTTP and listens on this machine only, so put a proxy with TLS in front, say --public-url, and name the proxy with \
            --trusted-proxies. With --email-header it takes the proxy's word for who has signed in.

            The line on standard output is the address to open. SIGTERM or Ctrl-C stops it in order.
            """)

    @OptionGroup var site: SiteOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await options.settings(site.flags), isService: true)
        try await application.withDatabase { database in
            try await application.runSite(on: database) { address in Terminal.out("\(address)/\n") }
        }
    }
}
