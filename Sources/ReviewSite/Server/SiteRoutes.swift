internal import HTTPTypes
internal import Hummingbird

/// One file of routes that belong together.
protocol RouteGroup {
    func add(to routes: SiteRoutes)
}

/// Where routes are added, by who may use them. Whatever is added to ``signedIn``, ``admin``, ``programs`` or ``tables`` is asked by somebody whom
/// ``SiteContext/session`` names; which roles and answers that one may see is asked of the domain by each route.
struct SiteRoutes {
    let router: Router<SiteContext>
    /// For everybody, also who is not signed in.
    let open: RouterGroup<SiteContext>
    /// Pages for reviewers, in a browser.
    let signedIn: RouterGroup<SiteContext>
    /// Pages for admins.
    let admin: RouterGroup<SiteContext>
    /// For reviewers' browsers, and for programs with a token. Whether a browser's session is one each route finds out by
    /// ``SiteContext/asker``.
    let media: RouterGroup<SiteContext>
    /// For programs with a token, and for nothing else: no browser can be made to send one. The answer is JSON, or nothing.
    let programs: RouterGroup<SiteContext>
    /// The same for what is a table.
    let tables: RouterGroup<SiteContext>

    init(_ services: SiteServices) {
        router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestLog())
        router.add(middleware: SafetyHeaders(isSecure: services.configuration.isSecure, mediaOrigin: services.linkOrigin))
        router.add(middleware: ErrorAnswers(renderer: services.renderer))
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

    /// Answers what an address does not understand with what it does. Call it after all routes are there.
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
