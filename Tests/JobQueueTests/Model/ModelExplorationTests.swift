import Testing

/// The model of the queue, looked at from every side.
@Suite(.timeLimit(.minutes(3)))
struct ModelExplorationTests {
    @Test func `two workers and two jobs in every interleaving keep every promise`() throws {
        let extent = try ModelExplorer(jobs: 2, workers: 2, attempts: 2, rules: []).explore()
        // To closure: fewer would mean that steps have been taken away from the processes.
        #expect(extent.states > 5_000)
        print("explored \(extent.states) states by \(extent.steps) steps, \(extent.depth) deep")
    }

    @Test func `one job keeps every promise through more attempts`() throws {
        let extent = try ModelExplorer(jobs: 1, workers: 2, attempts: 3, rules: []).explore()
        #expect(extent.states > 500)
    }

    @Test(arguments: ModelRules.mutants.map(\.name))
    func `a queue with a broken rule is found out`(mutant: String) throws {
        let rule = try #require(ModelRules.mutants.first { $0.name == mutant }).rule
        #expect(throws: ModelExplorer.Violation.self) {
            try ModelExplorer(jobs: 1, workers: 2, attempts: 3, rules: rule).explore()
        }
    }
}
