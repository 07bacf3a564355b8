import Synchronization

/// Runs the checks and keeps their latest results, for the worker's decisions and for `/readyz`.
public final class Readiness: Sendable {
    private let checks: [HealthCheck]
    private let patience: Duration
    private let problems: Mutex<[String: String]?> = Mutex(nil)
    /// Checks that have not returned yet.
    private let runs: Mutex<[String: Task<String?, Never>]> = Mutex([:])

    /// - Parameter patience: how long a check may take. The standard is longer than a busy machine needs for a check, and shorter than a lease.
    public init(checks: [HealthCheck], patience: Duration = .seconds(4)) {
        self.checks = checks
        self.patience = patience
    }

    /// Runs all checks at the same time. One that does not return within ``patience`` is a problem itself: what it looks at hangs. It is not
    /// started again before it has returned.
    /// - Returns: what is wrong that every job needs, in the order of the checks; `nil` when nothing is wrong.
    public func refresh() async -> String? {
        let found = await withTaskGroup(of: (String, String?).self) { group in
            for check in checks { group.addTask { (check.name, await self.problem(of: check)) } }
            var found: [String: String] = [:]
            for await (name, problem) in group { found[name] = problem }
            return found
        }
        problems.withLock { $0 = found }
        let texts = checks.filter(\.isObstacle).compactMap { found[$0.name] }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }

    private func problem(of check: HealthCheck) async -> String? {
        let run = runs.withLock { runs in
            if let run = runs[check.name] { return run }
            let run = Task { await check.problem() }
            runs[check.name] = run
            return run
        }
        let (ends, end) = AsyncStream.makeStream(of: String?.self)
        let waiter = Task {
            end.yield(await run.value)
            end.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: patience)
            end.finish()
        }
        defer {
            waiter.cancel()
            timer.cancel()
        }
        for await problem in ends {
            runs.withLock { $0[check.name] = nil }
            return problem
        }
        let seconds = Int(patience / .seconds(1))
        return """
            The check of the \(check.name) has not returned within \(seconds) s: what it looks at hangs. See what is the matter with its disk \
            or network.
            """
    }

    /// Whether all checks succeeded the last time, with a line for each check. Not ready before the first time.
    var summary: (isReady: Bool, lines: [String]) {
        guard let problems = problems.withLock({ $0 }) else { return (false, ["not checked yet"]) }
        return (problems.isEmpty, checks.map { "\($0.name): \(problems[$0.name] ?? "ok")" })
    }

    /// 1 for each check that succeeded the last time, otherwise 0.
    public var family: MetricFamily {
        let problems = problems.withLock { $0 }
        return MetricFamily(
            "dailies_check_ok", help: "Whether what every job needs was there at the last look, a second ago or less: 1 or 0.",
            samples: checks.map { check in
                .init(problems != nil && problems?[check.name] == nil ? 1 : 0, labels: [("check", check.name)])
            })
    }
}
