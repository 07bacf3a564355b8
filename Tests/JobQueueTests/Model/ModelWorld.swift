import JobQueue

/// A queue and the processes that work on it: what each remembers, which need not be what the database says.
struct ModelWorld: Hashable {
    struct Process: Hashable {
        var isDead = false
        /// What it believes to hold; claims that it lost long ago are among them until it lets go.
        var claims: [ModelQueue.Claim] = []
    }

    /// One step of one process, or of time.
    ///
    /// A paused process is one that takes no steps. An answer that arrives is the step followed by letting go; one that is lost is
    /// the step alone, after which the process may do it again. A claim whose answer is lost is let go before anything is done.
    enum Step: Hashable {
        case tick
        case rescue
        case register(Int)
        case beat(Int)
        case claim(Int, job: Int)
        /// The process gets a claim, and the database crashes and knows nothing of it.
        case lostClaim(Int, job: Int)
        case complete(Int, ModelQueue.Claim)
        case putBack(Int, ModelQueue.Claim, dueIn: Int)
        /// Stops working on a claim, without a word to the database.
        case letGo(Int, ModelQueue.Claim)
        case giveBackStrays(Int)
        case leave(Int)
        case die(Int)
        case startAnew(Int)
    }

    var queue: ModelQueue
    var processes: [Process]

    init(jobs: Int, workers: Int, rules: ModelRules) {
        queue = ModelQueue(jobs: jobs, workers: workers, rules: rules)
        processes = Array(repeating: Process(), count: workers)
    }

    /// Everything that may happen next.
    /// - Parameter attempts: claims beyond this attempt are not looked at, so that the exploration ends.
    func steps(attempts: Int) -> [Step] {
        var steps: [Step] = [.tick, .rescue]
        for (index, process) in processes.enumerated() {
            guard !process.isDead else {
                if queue.workers[index] == nil { steps.append(.startAnew(index)) }
                continue
            }
            steps.append(.die(index))
            if queue.workers[index] == nil {
                steps.append(.register(index))
            } else {
                steps += [.beat(index), .giveBackStrays(index), .leave(index)]
            }
            for job in queue.jobs.indices where queue.isClaimable(job) && queue.jobs[job].attempt < attempts {
                steps.append(.claim(index, job: job))
                // It says nothing of other jobs, and with two of them there would be too many states.
                if queue.jobs.count == 1 { steps.append(.lostClaim(index, job: job)) }
            }
            for claim in process.claims {
                steps += [.letGo(index, claim), .complete(index, claim)]
                steps += [.putBack(index, claim, dueIn: 0), .putBack(index, claim, dueIn: 1)]
            }
        }
        return steps
    }

    mutating func take(_ step: Step) {
        switch step {
        case .tick: queue.pass(ticks: 1)
        case .rescue: _ = queue.rescue()
        case .register(let index): queue.register(as: index)
        case .beat(let index): _ = queue.beat(index)
        case .claim(let index, let job):
            guard let claim = try? queue.claim(job, for: index), !processes[index].claims.contains(claim) else { return }
            processes[index].claims.append(claim)
        case .lostClaim(let index, let job):
            guard let claim = try? queue.lostClaim(job, for: index), !processes[index].claims.contains(claim) else { return }
            processes[index].claims.append(claim)
        case .complete(_, let claim): try? queue.end(claim, as: .completed)
        case .putBack(_, let claim, let dueIn): try? queue.putBack(claim, as: .released, dueIn: dueIn)
        case .letGo(let index, let claim): processes[index].claims.removeAll { $0 == claim }
        case .giveBackStrays(let index): queue.giveBackStrays(of: index, knowing: processes[index].claims)
        case .leave(let index): queue.leave(index)
        case .die(let index): processes[index] = Process(isDead: true)
        case .startAnew(let index): processes[index].isDead = false
        }
    }
}

extension ModelWorld.Step {
    /// The claim that a step of the fenced kind is about.
    var fencedClaim: ModelQueue.Claim? {
        switch self {
        case .complete(_, let claim), .putBack(_, let claim, _): claim
        default: nil
        }
    }
}
