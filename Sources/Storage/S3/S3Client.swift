import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import SystemPackage

/// Speaks with one store: addresses, signs, sends, and tries again what may work in a moment.
final class S3Client: Sendable {
    /// A successful answer without a stream.
    struct Answer: Sendable {
        var headers: HTTPHeaders
        var text: String
    }

    let configuration: S3Storage.Configuration
    let address: S3Address
    private let http: HTTPClient
    private let signature: RequestSignature
    private let logger: Logger
    /// By how many seconds the store's clock is ahead of this machine's, once that has mattered.
    private let clockOffset = Mutex(0)
    private let lastAnswer: Mutex<ContinuousClock.Instant?> = Mutex(nil)

    /// S3's answers without a stream are a few hundred bytes; a list of uploads has a thousand entries at most.
    private static let longestAnswer = 4 << 20

    init(_ configuration: S3Storage.Configuration, http: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.http = http
        self.logger = logger
        address = S3Address(configuration)
        signature = RequestSignature(credentials: configuration.credentials, region: configuration.region)
    }

    static func settings(_ configuration: S3Storage.Configuration) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectPatience), read: TimeAmount(configuration.patience),
                write: TimeAmount(configuration.patience)))
        // One's own tries are counted and told of.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        settings.httpVersion = .http1Only
        return settings
    }

    /// When the store last did what it was asked for, or said that something is not there.
    var lastSuccess: ContinuousClock.Instant? { lastAnswer.withLock { $0 } }

    /// The store's time, as far as is known.
    var now: SigningTime { SigningTime(secondsSince1970: SigningTime.now.secondsSince1970 + clockOffset.withLock { $0 }) }

    /// Sends a request, again and again while that may help.
    func send(_ request: S3Request) async throws(S3Failure) -> Answer {
        try await trying { () throws(S3Failure) in try await sendOnce(request) }
    }

    /// Sends a request and reads its whole answer.
    func sendOnce(_ request: S3Request) async throws(S3Failure) -> Answer {
        let response = try await open(request)
        do {
            return Answer(headers: response.headers, text: String(buffer: try await response.body.collect(upTo: Self.longestAnswer)))
        } catch {
            throw failure(error)
        }
    }

    /// Does something with its own requests, again and again while that may help.
    func trying<Value>(_ body: () async throws(S3Failure) -> Value) async throws(S3Failure) -> Value {
        var backoff = configuration.retries
        while true {
            do throws(S3Failure) {
                return try await body()
            } catch {
                try await wait(after: error, &backoff)
            }
        }
    }

    /// Waits until the next try.
    /// - Throws: the failure itself when there is none.
    func wait(after failure: S3Failure, _ backoff: inout Backoff) async throws(S3Failure) {
        guard failure.isTransient, let delay = backoff.failed() else { throw failure }
        logger.debug("a request to the store is tried again", metadata: ["reason": "\(failure)", "after": "\(delay)"])
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw .stopped
        }
    }

    /// Sends a request once, and gives its answer when its beginning is there and is good; the body is still to come.
    func open(_ request: S3Request) async throws(S3Failure) -> HTTPClientResponse {
        let response: HTTPClientResponse
        let refusal: String
        do {
            response = try await http.execute(httpRequest(request), deadline: .now() + deadline(request))
            guard !(200...299).contains(response.status.code) else {
                lastAnswer.withLock { $0 = .now }
                return response
            }
            // A refusal is short; what is longer comes from somebody else.
            refusal = (try? await String(buffer: response.body.collect(upTo: 64 << 10))) ?? ""
        } catch {
            throw failure(error)
        }
        let code = S3Document(refusal)["Code"]
        if code == "RequestTimeTooSkewed", let time = response.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) {
            clockOffset.withLock { $0 = time.secondsSince1970 - SigningTime.now.secondsSince1970 }
        }
        if response.status == .notFound, code == "NoSuchKey" { lastAnswer.withLock { $0 = .now } }
        throw .refused(status: Int(response.status.code), code: code)
    }

    /// A URL by which everybody may fetch an object for a while.
    /// - Parameter headers: What the store is to say of it, such as `response-content-type`.
    func link(to key: String, headers: [(name: String, value: String)], seconds: Int) -> String {
        let request = RequestSignature.Request(
            method: "GET", path: address.path(key), query: headers, headers: [(name: "host", value: address.host)])
        let query = RequestSignature.encoded(signature.query(for: request, seconds: seconds, at: now))
        return "\(address.origin)\(request.path)?\(query)"
    }

    private func httpRequest(_ request: S3Request) -> HTTPClientRequest {
        let path = address.path(request.key)
        let headers = [(name: "host", value: address.host)] + request.headers
        let signed = RequestSignature.Request(method: request.method.rawValue, path: path, query: request.query, headers: headers)
        let payload =
            switch request.body {
            case .none: RequestSignature.emptyPayload
            case .text(let text): ContentDigest.of(text)
            case .file(let part): part.sha256
            }
        let query = request.query.isEmpty ? "" : "?\(RequestSignature.encoded(request.query))"
        var result = HTTPClientRequest(url: "\(address.origin)\(path)\(query)")
        result.method = request.method
        for header in headers + signature.headers(for: signed, payload: payload, at: now) {
            result.headers.add(name: header.name, value: header.value)
        }
        switch request.body {
        case .none: break
        case .text(let text): result.body = .bytes(ByteBuffer(string: text))
        case .file(let part):
            result.body = .stream(FileBytes(descriptor: part.descriptor, range: part.range), length: .known(part.count))
        }
        return result
    }

    /// Until the answer begins: what is sent may take its time at the slowest rate.
    private func deadline(_ request: S3Request) -> TimeAmount {
        guard case .file(let part) = request.body else { return TimeAmount(configuration.patience) }
        return TimeAmount(configuration.patience) + .seconds(part.count / configuration.slowest)
    }

    /// What a library's error means here.
    func failure(_ error: any Error) -> S3Failure {
        switch error {
        case let error as S3Failure: return error
        case let error as StorageError: return .local(error)
        case is CancellationError: return .stopped
        case let error as HTTPClientError:
            switch error {
            case .cancelled: return .stopped
            case .connectTimeout: return .broken("no connection came about within \(configuration.connectPatience)")
            case .readTimeout, .deadlineExceeded, .writeTimeout, .getConnectionFromPoolTimeout: return .broken("it did not answer in time")
            case .remoteConnectionClosed: return .broken("it closed the connection in the middle")
            default: return .broken("\(error)")
            }
        case let error as NIOConnectionError: return .broken(Self.words(error))
        case let error as IOError: return .broken("the connection broke (\(Errno(rawValue: error.errnoCode)))")
        case let error as ChannelError where error == .connectTimeout(TimeAmount(configuration.connectPatience)):
            return .broken("no connection came about within \(configuration.connectPatience)")
        default: return .broken("\(error)")
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if let cause = error.connectionErrors.compactMap({ $0.error as? IOError }).first {
            return "no connection to \(error.host):\(error.port) (\(Errno(rawValue: cause.errnoCode)))"
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) leads to no address" }
        return "no connection to \(error.host):\(error.port)"
    }
}
