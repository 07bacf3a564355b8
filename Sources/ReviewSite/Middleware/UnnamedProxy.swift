internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Synchronization

/// Notices that requests come through a proxy that no setting names, and says so once in the log; the page about health says it too.
///
/// It holds no address: a sender within the private network could be a person.
final class UnnamedProxy: Sendable {
    private let wasSeen = Atomic(false)

    static let sentence =
        "Requests come through a proxy that trusted-proxies does not name, so all people behind it share one limit of attempts to sign in."
    static let remedy = "Name the proxy's address or network in trusted-proxies."

    var isThere: Bool { wasSeen.load(ordering: .relaxed) }

    /// - Returns: whether it is the first time.
    func notice() -> Bool { !wasSeen.exchange(true, ordering: .relaxed) }
}

/// Looks at each request until one shows a proxy that is not named.
struct UnnamedProxyWatch: RouterMiddleware {
    let proxy: UnnamedProxy
    let trust: ProxyTrust

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        if !proxy.isThere, trust.isFromUnnamedProxy(peer: context.channel.remoteAddress?.ipAddress, headers: request.headers),
            proxy.notice()
        {
            context.logger.warning("\(UnnamedProxy.sentence)", metadata: ["remedy": "\(UnnamedProxy.remedy)"])
        }
        return try await next(request, context)
    }
}
