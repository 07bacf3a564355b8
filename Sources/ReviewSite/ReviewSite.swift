internal import Hummingbird
public import Logging
internal import NIOCore
public import Postgres
public import ServiceLifecycle
public import Storage

/// The review site: web pages and the JSON API, over HTTP/1.1. A proxy in front of it does TLS.
///
/// It needs a database with the schema, and the storage with the artifacts. While one of them is away, responses have the status 503. On a
/// graceful shutdown it accepts no more connections and gives running requests ten seconds.
public struct ReviewSite: Service {
    let services: SiteServices
    private let responder: AnyMethod<RouterResponder<SiteContext>>
    private let onReady: @Sendable (_ address: String, _ port: Int) async -> Void

    /// Connections without traffic for this long are closed.
    private static let idleLimit = TimeAmount.seconds(60)
    private static let graceTime = Duration.seconds(10)

    /// - Parameters:
    ///   - pool: for all requests; 8 connections serve a few hundred reviewers.
    ///   - onReady: called once when it accepts connections, with the URL to open and the port that it listens on.
    ///   - storageObstacle: why the storage is not the one that the database belongs to; `nil` when it is. Asked when a file is not found.
    /// - Throws: when a template of this release is wrong.
    public init(
        configuration: Configuration, pool: PostgresPool, storage: any RecordingStorage, logger: Logger,
        onReady: @escaping @Sendable (_ address: String, _ port: Int) async -> Void = { _, _ in },
        storageObstacle: @escaping @Sendable () async throws -> String? = { nil }
    ) throws {
        services = SiteServices(
            configuration: configuration, pool: pool, storage: storage, storageObstacle: storageObstacle, accounts: Accounts(pool: pool),
            requestLimit: RequestLimit(configuration.requestRate), mediaTurns: MediaTurns(configuration.media),
            renderer: try PageRenderer(files: try StaticFiles.embedded()),
            logger: logger)
        let routes = Self.routes(services)
        routes.refuseOtherMethods()
        responder = AnyMethod(next: routes.router.buildResponder())
        self.onReady = onReady
    }

    /// All routes of the site.
    static func routes(_ services: SiteServices) -> SiteRoutes {
        let routes = SiteRoutes(services)
        let groups: [any RouteGroup] = [
            StaticRoutes(services: services), SignInRoutes(services: services), MediaRoutes(services: services),
            RolePages(services: services), AnswerPages(services: services), ResultsPages(services: services),
            AdminPages(services: services), RoleResources(services: services), AnswerResources(services: services),
            AdminResources(services: services), DescriptionRoute(services: services),
        ]
        for group in groups { group.add(to: routes) }
        return routes
    }

    public func run() async throws {
        let configuration = services.configuration
        let onReady = onReady
        var quiet = services.logger
        quiet.logLevel = max(.error, quiet.logLevel)
        let server = Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: Self.idleLimit)),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.port
                await onReady(configuration.address(port: port), port)
            }, logger: services.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await server.run()
                } catch let error as IOError {
                    throw Unavailable(configuration, error)
                }
            }
            group.addTask {
                try? await gracefulShutdown()
                try await Task.sleep(for: Self.graceTime)
            }
            // Waits for the server's end or the end of the grace time.
            try await group.next()
            group.cancelAll()
        }
    }
}
