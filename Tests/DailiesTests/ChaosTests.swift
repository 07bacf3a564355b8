import Foundation
import SystemPackage
import TestSupport
import Testing

/// Everything at once, in an order that a seed repeats. `Scripts/chaos` runs it for longer.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10 + Chaos.seconds / 60)))
struct ChaosTests {
    @Test(arguments: [Chaos.seed])
    func `after kills, cut connections and pauses nothing is lost and nothing is done twice`(seed: UInt64) async throws {
        try await Chaos.with { chaos in
            let end = ContinuousClock.now + .seconds(Chaos.seconds)
            var random = SeededGenerator(seed: seed)
            var responses = 0
            repeat {
                let steps = ChaosStep.sequence(10, workers: Chaos.workerCount, from: &random)
                if Chaos.seconds > 0 { print("seed \(seed), \(responses) responses so far; now: \(steps)") }
                try await chaos.round(Product.recordings(60), before: responses, steps: steps)
                responses += 60
                try await chaos.expectWhole(responses: responses)
            } while ContinuousClock.now < end
        }
    }
}
