internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore
public import ServiceLifecycle

/// Serves a daemon's health and metrics, on a separate address for ops people and their programs:
///
/// - `/livez`: 200 as long as the process answers at all. If it does not answer, restart it.
/// - `/readyz`: 200 when everything that jobs need is there, otherwise 503; with a line for each check.
/// - `/metrics`: Prometheus' text format.
///
/// It tells nothing about candidates and has no password. Bind it to an address that the public cannot reach.
public struct HealthServer: Service {
    public struct Configuration: Sendable {
        public var host: String
        /// 0 for any free port; the log names it.
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    let configuration: Configuration
    let report: HealthReport
    let logger: Logger

    public init(configuration: Configuration, report: HealthReport, logger: Logger) {
        self.configuration = configuration
        self.report = report
        self.logger = logger
    }

    public func run() async throws {
        let router = Router()
        router.get("livez") { _, _ in Self.text(.ok, "alive\n") }
        router.get("readyz") { _, _ in
            let (isReady, lines) = report.content.readiness.summary
            return Self.text(isReady ? .ok : .serviceUnavailable, lines.joined(separator: "\n") + "\n")
        }
        router.get("metrics") { _, _ in
            let content = report.content
            let families = await content.metrics() + [content.readiness.family]
            return Self.text(.ok, families.map(\.text).joined(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        let server = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in
                logger.info("health and metrics", metadata: ["address": "http://\(configuration.host):\(channel.localAddress?.port ?? 0)"])
            },
            logger: quiet)
        try await server.run()
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
