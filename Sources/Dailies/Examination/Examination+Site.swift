import ReviewSite

/// Whether the review site knows the proxy in front of it.
extension Examination {
    func site() -> [Finding] {
        let configuration = settings.site.configuration
        return Self.proxies(
            areNamed: settings.site.trustedProxies != nil,
            isOpenedByTLS: configuration.publicURL?.utf8.starts(with: "https:".utf8) ?? false,
            listensOn: configuration.host)
    }

    /// - Parameter areNamed: whether `trusted-proxies` says anything.
    static func proxies(areNamed: Bool, isOpenedByTLS: Bool, listensOn host: String) -> [Finding] {
        // Only a proxy can do TLS, and one that reaches another address than this machine's own is elsewhere.
        guard !areNamed, isOpenedByTLS, !["127.0.0.1", "::1", "localhost"].contains(host) else { return [] }
        return [
            .note(
                "proxy",
                "trusted-proxies names no proxy: unless the proxy is on this machine, all people share one limit of attempts to sign in",
                remedy: "Set trusted-proxies to the address or network of the proxy in front, such as 10.1.2.3 or 10.1.0.0/16.")
        ]
    }
}
