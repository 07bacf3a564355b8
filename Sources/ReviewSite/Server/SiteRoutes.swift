internal import HTTPTypes
internal import Hummingbird

/// A group of routes that belong together.
protocol RouteGroup {
    func add(to routes: SiteRoutes)
}

/// Where routes are added, by who may use them. For routes in ``signedIn``, ``admin``, ``programs`` and ``tables``, ``SiteContext/session``
/// names the sender. Each route asks `Reviews` which roles and answers the sender may see.
struct SiteRoutes {
    let router: Router<SiteContext>
    /// For everybody, including visitors who are not signed in.
    let open: RouterGroup<SiteContext>
    /// Pages for reviewers, in a browser.
    let signedIn: RouterGroup<SiteContext>
    /// Pages for admins.
    let admin: RouterGroup<SiteContext>
    /// For reviewers' browsers, and for programs with a token. Each route checks a browser's session itself, by
    /// ``SiteContext/requester``.
    let media: RouterGroup<SiteContext>
    /// Only for programs with a token, because no other site can make a browser send a token. The response is JSON or empty.
    let programs: RouterGroup<SiteContext>
    /// The same for tables as CSV.
    let tables: RouterGroup<SiteContext>

    init(_ services: SiteServices) {
        router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestLog())
        router.add(middleware: UnnamedProxyWatch(proxy: services.unnamedProxy, trust: services.configuration.trust))
        router.add(middleware: SafetyHeaders(isSecure: services.configuration.isSecure, mediaOrigin: services.linkOrigin))
        router.add(middleware: ErrorResponses(renderer: services.renderer))
        router.add(middleware: RequestBodies())
        open = router.group().add(middleware: ForgeryProtection(configuration: services.configuration))
        signedIn = router.group()
            .add(middleware: Authentication(services: services, means: .browser))
            .add(middleware: ForgeryProtection(configuration: services.configuration))
        admin = router.group()
            .add(middleware: Authentication(services: services, means: .browser, requires: .admin))
            .add(middleware: ForgeryProtection(configuration: services.configuration))
        media = router.group()
            .add(middleware: Authentication(services: services, means: .either))
            .add(middleware: ForgeryProtection(configuration: services.configuration))
        let token = Authentication(services: services, means: .token)
        programs = router.group().add(middleware: token).add(middleware: Acceptance(mediaType: "application/json"))
        tables = router.group().add(middleware: token).add(middleware: Acceptance(mediaType: "text/csv"))
    }

    /// Makes addresses respond to unsupported methods with the list of supported ones. Call it after all routes were added.
    func refuseOtherMethods() {
        var known: [String: (path: RouterPath, methods: Set<HTTPRequest.Method>)] = [:]
        for route in router.routes { known[route.path.description, default: (route.path, [])].methods.insert(route.method) }
        for (path, methods) in known.values {
            var allowed = methods
            if allowed.contains(.get) { allowed.insert(.head) }
            let error = SiteError.methodNotAllowed(Array(allowed))
            for method in Self.methods where !allowed.contains(method) {
                router.on(path, method: method) { _, _ -> Response in throw error }
            }
        }
    }

    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
}
