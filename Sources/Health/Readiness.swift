import Synchronization

/// Runs the checks and keeps their latest results, for the worker's decisions and for `/readyz`.
public final class Readiness: Sendable {
    private let checks: [HealthCheck]
    private let problems: Mutex<[String: String]?> = Mutex(nil)

    public init(checks: [HealthCheck]) {
        self.checks = checks
    }

    /// Runs all checks at the same time.
    /// - Returns: what is wrong that every job needs, in the order of the checks; `nil` when nothing is wrong.
    public func refresh() async -> String? {
        let found = await withTaskGroup(of: (String, String?).self) { group in
            for check in checks { group.addTask { (check.name, await check.problem()) } }
            var found: [String: String] = [:]
            for await (name, problem) in group { found[name] = problem }
            return found
        }
        problems.withLock { $0 = found }
        let texts = checks.filter(\.isObstacle).compactMap { found[$0.name] }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
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
