import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// The client of one store. It addresses, signs and sends requests, and repeats those that may succeed in a moment.
final class S3Client: Sendable {
    /// A successful response with its whole body.
    struct Answer: Sendable {
        var headers: HTTPHeaders
        var text: String
    }

    let configuration: S3Storage.Configuration
    let address: S3Address
    let credentials: CredentialsProvider
    private let http: HTTPClient
    private let logger: Logger
    /// By how many seconds the store's clock is ahead of this machine's. Set when a store refused this machine's time.
    private let clockOffset = Mutex(0)
    private let lastAnswer: Mutex<ContinuousClock.Instant?> = Mutex(nil)

    /// The largest body that is read as a whole. Most have a few hundred bytes; a list of uploads has at most a thousand entries.
    private static let longestAnswer = 4 << 20

    init(_ configuration: S3Storage.Configuration, http: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.http = http
        self.logger = logger
        address = S3Address(configuration)
        credentials = CredentialsProvider(
            configuration.credentials, by: CredentialsExchange(http: http, patience: configuration.credentialsPatience), logger: logger,
            now: configuration.credentialsClock)
    }

    static func settings(_ configuration: S3Storage.Configuration) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectPatience), read: TimeAmount(configuration.patience),
                write: TimeAmount(configuration.patience)))
        // This client counts and logs its own tries, so the library must not retry.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        settings.httpVersion = .http1Only
        return settings
    }

    /// When the store last fulfilled a request, or said that an object does not exist.
    var lastSuccess: ContinuousClock.Instant? { lastAnswer.withLock { $0 } }

    /// The store's time, as far as known.
    var now: SigningTime { SigningTime(secondsSince1970: SigningTime.now.secondsSince1970 + clockOffset.withLock { $0 }) }

    /// Sends a request, and repeats it while that may help.
    func send(_ request: S3Request) async throws(S3Failure) -> Answer {
        try await trying { () throws(S3Failure) in try await sendOnce(request) }
    }

    /// Sends a request and reads the whole response.
    func sendOnce(_ request: S3Request) async throws(S3Failure) -> Answer {
        let response = try await open(request)
        do {
            return Answer(headers: response.headers, text: String(buffer: try await response.body.collect(upTo: Self.longestAnswer)))
        } catch {
            throw failure(error)
        }
    }

    /// Runs an operation with its own requests, and repeats it while that may help.
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
    /// - Throws: The failure itself after the last try.
    func wait(after failure: S3Failure, _ backoff: inout Backoff) async throws(S3Failure) {
        guard failure.isTransient, var delay = backoff.failed() else { throw failure }
        if case .busy(_, _, let seconds) = failure {
            // Who would have to wait longer hears so now, and comes again later.
            guard .seconds(seconds) <= configuration.patience else { throw failure }
            delay += .seconds(seconds)
        }
        logger.debug("a request to the store is tried again", metadata: ["reason": "\(failure)", "after": "\(delay)"])
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw .stopped
        }
    }

    /// Sends a request once. Returns when the response has begun successfully; its body follows.
    /// Tries once more with new credentials if the store refuses the present ones.
    func open(_ request: S3Request) async throws(S3Failure) -> HTTPClientResponse {
        let used = try await credentials.credentials()
        do throws(S3Failure) {
            return try await open(request, as: used)
        } catch {
            guard error.isOfCredentials, await credentials.refused(used) else { throw error }
            return try await open(request, as: try await credentials.credentials())
        }
    }

    /// Follows the store to another of its own hosts, once.
    private func open(_ request: S3Request, as signer: S3Credentials) async throws(S3Failure) -> HTTPClientResponse {
        switch try await ask(request, at: address.host, as: signer) {
        case .success(let response): return response
        case .failure(let refusal):
            guard refusal.status == 307, let location = refusal.location, let host = address.host(named: location, for: request.key)
            else { throw refusal.failure }
            switch try await ask(request, at: host, as: signer) {
            case .success(let response): return response
            case .failure(let refusal): throw refusal.failure
            }
        }
    }

    private enum Outcome {
        case success(HTTPClientResponse)
        case failure(S3Refusal)
    }

    private func ask(_ request: S3Request, at host: String, as signer: S3Credentials) async throws(S3Failure) -> Outcome {
        let response: HTTPClientResponse
        let body: String
        do {
            response = try await http.execute(httpRequest(request, to: host, as: signer), deadline: .now() + deadline(request))
            guard !(200...299).contains(response.status.code) else {
                lastAnswer.withLock { $0 = .now }
                return .success(response)
            }
            // An error of a store is short. A longer body comes from something else.
            body = (try? await String(buffer: response.body.collect(upTo: 64 << 10))) ?? ""
        } catch {
            throw failure(error)
        }
        let refusal = S3Refusal(status: Int(response.status.code), headers: response.headers, body: body)
        if refusal.code == "RequestTimeTooSkewed", let time = response.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) {
            clockOffset.withLock { $0 = time.secondsSince1970 - SigningTime.now.secondsSince1970 }
        }
        if refusal.status == 404, refusal.code == "NoSuchKey" { lastAnswer.withLock { $0 = .now } }
        return .failure(refusal)
    }

    /// A URL that lets everybody fetch an object for a while, at most as long as its credentials are valid.
    /// - Parameters:
    ///   - headers: Headers of the store's response, such as `response-content-type`.
    ///   - seconds: The longest validity.
    func link(
        to key: String, headers: [(name: String, value: String)], seconds: Int
    ) async throws(S3Failure) -> (url: String, seconds: Int) {
        let (signer, now) = (try await credentials.credentials(), now)
        let seconds = min(seconds, signer.expiration.map { max(1, $0.secondsSince1970 - now.secondsSince1970) } ?? seconds)
        let request = RequestSignature.Request(
            method: "GET", path: address.path(key), query: headers, headers: [(name: "host", value: address.host)])
        let query = RequestSignature.encoded(signature(signer).query(for: request, seconds: seconds, at: now))
        return ("\(address.origin)\(request.path)?\(query)", seconds)
    }

    private func signature(_ signer: S3Credentials) -> RequestSignature {
        RequestSignature(credentials: signer, region: configuration.region)
    }

    private func httpRequest(_ request: S3Request, to host: String, as signer: S3Credentials) -> HTTPClientRequest {
        let path = address.path(request.key)
        let headers = [(name: "host", value: host)] + request.headers
        let signed = RequestSignature.Request(method: request.method.rawValue, path: path, query: request.query, headers: headers)
        let payload =
            switch request.body {
            case .none: RequestSignature.emptyPayload
            case .text(let text): ContentDigest.of(text)
            case .file(let part): part.sha256
            }
        let query = request.query.isEmpty ? "" : "?\(RequestSignature.encoded(request.query))"
        var result = HTTPClientRequest(url: "\(address.origin(of: host))\(path)\(query)")
        result.method = request.method
        for header in headers + signature(signer).headers(for: signed, payload: payload, at: now) {
            result.headers.add(name: header.name, value: header.value)
        }
        switch request.body {
        case .none: break
        case .text(let text): result.body = .bytes(ByteBuffer(string: text))
        case .file(let part):
            result.body = .stream(FileBytes(part), length: .known(part.count))
        }
        return result
    }

    /// The time until the response begins; the request's body may be sent at the slowest allowed rate.
    private func deadline(_ request: S3Request) -> TimeAmount {
        guard case .file(let part) = request.body else { return TimeAmount(configuration.patience) }
        return TimeAmount(configuration.patience) + .seconds(part.count / configuration.slowest)
    }

    /// Turns the HTTP client's error into a failure.
    func failure(_ error: any Error) -> S3Failure { S3Failure(error, connectPatience: configuration.connectPatience) }
}
