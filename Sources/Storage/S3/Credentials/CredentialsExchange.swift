import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Short requests for credentials. Redirects are not followed, because the requests carry tokens.
struct CredentialsExchange: Sendable {
    struct Answer: Sendable {
        var status: Int
        var text: String
    }

    /// The client must not follow redirects.
    let http: HTTPClient
    /// The time for one request with its whole response. Amazon's services respond within milliseconds.
    var patience = Duration.seconds(5)

    /// Responses have a few kilobytes.
    private static let longestAnswer = 64 << 10

    /// - Parameters:
    ///   - what: The asked service, as the subject of a sentence.
    ///   - advice: What to do when no response comes.
    func send(_ request: HTTPClientRequest, to what: String, advice: String) async throws(CredentialsFailure) -> Answer {
        let failure: S3Failure
        do {
            return try await inTime { [http, patience] in
                let response = try await http.execute(request, deadline: .now() + TimeAmount(patience))
                let body = try await response.body.collect(upTo: Self.longestAnswer)
                return Answer(status: Int(response.status.code), text: String(buffer: body))
            }
        } catch is NIOTooManyBytesError {
            throw CredentialsFailure("\(what) answered with more than \(Self.longestAnswer) bytes, which are no credentials. \(advice)")
        } catch {
            failure = S3Failure(error, connectPatience: patience)
        }
        guard case .broken(let why) = failure else {
            throw CredentialsFailure("\(what) was not waited for: dailies was told to stop.")
        }
        throw CredentialsFailure("\(what) gave no answer: \(why). \(advice)", isTransient: true)
    }

    /// Limits the time of the whole response, because the client's deadline ends when the response begins.
    private func inTime(_ body: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask { [patience] in
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next().flatMap(\.self) else { throw HTTPClientError.deadlineExceeded }
            return answer
        }
    }
}

extension CredentialsExchange.Answer {
    /// Whether trying again may help: the service said to wait, or failed itself.
    var isTransient: Bool { status == 408 || status == 429 || status >= 500 }

    var isGood: Bool { (200...299).contains(status) }
}
