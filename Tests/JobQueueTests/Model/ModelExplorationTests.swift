import Dispatch
import Testing

/// The model of the queue, looked at from every side.
@Suite(.timeLimit(.minutes(10)))
struct ModelExplorationTests {
    @Test func `two workers and two jobs in every interleaving keep every promise`() async throws {
        let extent = try await Self.explore(jobs: 2, attempts: 2, rules: [])
        // To closure: fewer would mean that steps have been taken away from the processes.
        #expect(extent.states > 5_000)
        print("explored \(extent.states) states by \(extent.steps) steps, \(extent.depth) deep")
    }

    @Test func `one job keeps every promise through more attempts`() async throws {
        let extent = try await Self.explore(jobs: 1, attempts: 3, rules: [])
        #expect(extent.states > 500)
    }

    @Test(arguments: ModelRules.mutants.map(\.name))
    func `a queue with a broken rule is found out`(mutant: String) async throws {
        let rule = try #require(ModelRules.mutants.first { $0.name == mutant }).rule
        await #expect(throws: ModelExplorer.Violation.self) {
            try await Self.explore(jobs: 1, attempts: 3, rules: rule)
        }
    }

    /// On a thread of its own: it computes for seconds, and the other tests need the cooperative pool.
    @discardableResult
    private static func explore(jobs: Int, attempts: Int, rules: ModelRules) async throws -> ModelExplorer.Extent {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try ModelExplorer(jobs: jobs, workers: 2, attempts: attempts, rules: rules).explore() })
            }
        }
    }
}
