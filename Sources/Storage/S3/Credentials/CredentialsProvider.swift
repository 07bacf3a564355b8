import Logging

/// The owner of a storage's credentials. It lends valid credentials and fetches new ones in time. Callers at the same time share one fetch.
actor CredentialsProvider {
    private let source: CredentialsSource
    private let exchange: CredentialsExchange
    private let logger: Logger
    private let now: @Sendable () -> SigningTime
    private var renewal: CredentialsRenewal
    private var fetching: Task<Void, Never>?
    private var waiting: [Int: CheckedContinuation<Result<S3Credentials, S3Failure>, Never>] = [:]
    private var asked = 0

    init(_ source: CredentialsSource, by exchange: CredentialsExchange, logger: Logger, now: @escaping @Sendable () -> SigningTime) {
        self.source = source
        self.exchange = exchange
        self.logger = logger
        self.now = now
        renewal = CredentialsRenewal(at: now())
    }

    /// Valid credentials. Waits if there are none yet.
    func credentials() async throws(S3Failure) -> S3Credentials {
        // Credentials from the environment are valid as long as the process.
        if case .keys(let keys) = source.kind { return keys }
        switch renewal.asked(at: now()) {
        case .use(let credentials, let fetch):
            if fetch { beginFetch() }
            return credentials
        case .wait(let fetch):
            if fetch { beginFetch() }
            return try await outcome().get()
        case .fail(let failure):
            throw .noCredentials(failure)
        }
    }

    /// Reports that a store refused these credentials.
    /// - Returns: Whether a new fetch may help.
    func refused(_ credentials: S3Credentials) -> Bool {
        if case .keys = source.kind { return false }
        return renewal.refused(credentials, at: now())
    }

    /// Ends a running fetch. The provider must not be used afterwards.
    func close() async {
        fetching?.cancel()
        await fetching?.value
    }

    private func beginFetch() {
        fetching = Task { await fetch() }
    }

    private func fetch() async {
        let result: Result<S3Credentials, CredentialsFailure>
        do throws(CredentialsFailure) {
            result = .success(try await fetchPatiently())
        } catch {
            result = .failure(error)
        }
        let answer =
            switch result {
            case .success(let credentials): renewal.fetched(credentials, at: now(), jitter: .random(in: 0...1))
            case .failure(let failure): renewal.failed(failure, at: now(), jitter: .random(in: 0...1))
            }
        if case .failure(let failure) = result {
            logger.warning("credentials of the bucket could not be fetched", metadata: ["reason": "\(failure)"])
        }
        let told = answer.mapError(S3Failure.noCredentials)
        for waiter in waiting.values { waiter.resume(returning: told) }
        waiting = [:]
    }

    /// More than one try, because a packet may be lost.
    private func fetchPatiently() async throws(CredentialsFailure) -> S3Credentials {
        var backoff = Backoff()
        backoff.tries = 3
        while true {
            do throws(CredentialsFailure) {
                return try await source.fetch(by: exchange)
            } catch {
                guard error.isTransient, let pause = backoff.failed(), (try? await Task.sleep(for: pause)) != nil else { throw error }
            }
        }
    }

    /// Waits for the running fetch.
    private func outcome() async -> Result<S3Credentials, S3Failure> {
        asked += 1
        let ticket = asked
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume(returning: .failure(.stopped)) } else { waiting[ticket] = continuation }
            }
        } onCancel: {
            Task { await self.leave(ticket) }
        }
    }

    private func leave(_ ticket: Int) {
        waiting.removeValue(forKey: ticket)?.resume(returning: .failure(.stopped))
    }
}
