import JobQueue
import TestSupport

/// One random life of a queue, step by step; the same for the same seed.
struct ModelHistory {
    enum Step: Hashable {
        case insert(Int)
        case register
        case beat(worker: Int)
        case claim(worker: Int, limit: Int)
        /// A claim that the database loses in a crash, after its answer.
        case lostClaim(worker: Int, limit: Int)
        case end(ModelQueue.Claim, JobQueue.Outcome)
        /// Several of one worker at once, which all happen or none.
        case complete(Set<ModelQueue.Claim>)
        case putBack(ModelQueue.Claim, JobQueue.PutBackReason, dueIn: Int)
        case rescue
        case leave(worker: Int)
        case pass(ticks: Int)
    }

    private var generator: SeededGenerator
    /// Every claim there ever was: stale ones are tried again and again.
    var claims: [ModelQueue.Claim] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// The next step. What cannot be said of the queue as it is becomes an insert.
    mutating func next(in queue: ModelQueue) -> Step {
        let worker = queue.workers.indices.randomElement(using: &generator)
        // Recent claims more often than old ones, so that both jobs that end and stale attempts are common.
        let any = (Bool.random(using: &generator) ? claims.suffix(4) : claims[...]).randomElement(using: &generator)
        // Sometimes one whose job its worker has again, by a later attempt.
        let overtaken = claims.filter {
            queue.jobs[$0.job].state == .running(worker: $0.worker) && queue.jobs[$0.job].attempt > $0.attempt
        }
        let claim = (Int.random(in: 0..<4, using: &generator) == 0 ? overtaken.randomElement(using: &generator) : nil) ?? any
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<8: return .insert(Int.random(in: 1...3, using: &generator))
        case 8..<14: return .register
        case 14..<24: if let worker { return .beat(worker: worker) }
        case 24..<32: if let worker { return .lostClaim(worker: worker, limit: Int.random(in: 1...3, using: &generator)) }
        case 32..<50: if let worker { return .claim(worker: worker, limit: Int.random(in: 1...3, using: &generator)) }
        case 50..<64:
            if let claim, Bool.random(using: &generator) {
                let count = Int.random(in: 0...2, using: &generator)
                let more = (0..<count).compactMap { _ in claims.suffix(4).randomElement(using: &generator) }
                return .complete(Set(more.filter { $0.worker == claim.worker } + [claim]))
            }
            if let claim { return .end(claim, [.completed, .completed, .discarded, .cancelled][Int.random(in: 0..<4, using: &generator)]) }
        case 64..<80:
            let how: [JobQueue.PutBackReason] = [.retried, .crashed, .snoozed, .released]
            if let claim {
                return .putBack(claim, how[Int.random(in: 0..<4, using: &generator)], dueIn: Int.random(in: 0...2, using: &generator))
            }
        case 80..<86: return .rescue
        case 86..<90: if let worker { return .leave(worker: worker) }
        default: return .pass(ticks: 1)
        }
        return .insert(1)
    }
}
