import JobQueue

/// Walks through every state that the model can reach, breadth first, so that what it finds wrong is found by a shortest way.
struct ModelExplorer {
    struct Violation: Error, CustomStringConvertible {
        var reason: String
        var way: [ModelWorld.Step]

        var description: String { "\(reason), after:\n" + way.map { "  \($0)" }.joined(separator: "\n") }
    }

    /// What an exploration without a violation saw.
    struct Extent {
        var states: Int
        var steps: Int
        /// The longest of the shortest ways.
        var depth: Int
    }

    let jobs: Int
    let workers: Int
    let attempts: Int
    let rules: ModelRules

    private struct Visit {
        var world: ModelWorld
        var depth: Int
        var parent: Int?
        var step: ModelWorld.Step?
    }

    /// Explores to closure: until every state's every step leads to a state that was seen.
    func explore() throws -> Extent {
        let start = ModelWorld(jobs: jobs, workers: workers, rules: rules)
        var visits = [Visit(world: start, depth: 0)]
        var known: [UInt64: Int] = [start.key: 0]
        // Only along steps that need nobody's death.
        var predecessors: [[Int32]] = [[]]
        var steps = 0
        var next = 0
        while next < visits.count {
            let from = visits[next]
            for step in from.world.steps(attempts: attempts) {
                steps += 1
                var world = from.world
                world.take(step)
                let reason =
                    ModelInvariants.violation(from: from.world.queue, by: step, to: world.queue) ?? ModelInvariants.violation(in: world)
                if let reason { throw Violation(reason: reason, way: way(to: next, in: visits) + [step]) }
                let key = world.key
                let index = known[key, default: visits.count]
                if index == visits.count {
                    known[key] = index
                    predecessors.append([])
                    visits.append(Visit(world: world, depth: from.depth + 1, parent: next, step: step))
                }
                if !Self.needsDeath(step, from: from.world, to: world) { predecessors[index].append(Int32(next)) }
            }
            next += 1
        }
        for job in 0..<jobs { try expectEnd(of: job, visits, predecessors) }
        return Extent(states: visits.count, steps: steps, depth: visits.last?.depth ?? 0)
    }

    /// From every state a way leads to the end of this job that needs nobody to die. Jobs at the last attempt that is
    /// looked at count as ended.
    private func expectEnd(of job: Int, _ visits: [Visit], _ predecessors: [[Int32]]) throws {
        var reaches = visits.map { $0.world.queue.jobs[job].state == .gone || $0.world.queue.jobs[job].attempt >= attempts }
        var pending = reaches.indices.filter { reaches[$0] }
        while let index = pending.popLast() {
            for predecessor in predecessors[index].map({ Int($0) }) where !reaches[predecessor] {
                reaches[predecessor] = true
                pending.append(predecessor)
            }
        }
        if let stuck = reaches.firstIndex(of: false) {
            throw Violation(reason: "job \(job) never ends unless somebody dies or leaves", way: way(to: stuck, in: visits))
        }
    }

    /// Whether a step is a death, also of the database, a farewell, or a living worker's silence for as long as its lease.
    private static func needsDeath(_ step: ModelWorld.Step, from before: ModelWorld, to after: ModelWorld) -> Bool {
        switch step {
        case .die, .leave, .lostClaim: true
        case .tick:
            before.processes.indices.contains { index in
                !before.processes[index].isDead && before.queue.isAlive(index) && !after.queue.isAlive(index)
            }
        default: false
        }
    }

    private func way(to index: Int, in visits: [Visit]) -> [ModelWorld.Step] {
        var way: [ModelWorld.Step] = []
        var index: Int? = index
        while let current = index {
            if let step = visits[current].step { way.insert(step, at: 0) }
            index = visits[current].parent
        }
        return way
    }
}

extension ModelWorld {
    /// The same for worlds that differ only in which job or worker is called which.
    fileprivate var key: UInt64 {
        guard processes.count == 2 else { return key(workers: Array(processes.indices)) }
        return min(key(workers: [0, 1]), key(workers: [1, 0]))
    }

    private func key(workers: [Int]) -> UInt64 {
        var key: UInt64 = 1
        for worker in workers { key = key << 3 | UInt64(queue.workers[worker] ?? 3) << 1 | (processes[worker].isDead ? 1 : 0) }
        let codes = queue.jobs.indices.map { code(ofJob: $0, workers) }
        return codes.sorted().reduce(key) { $0 << 17 | $1 }
    }

    /// 17 bits: one job and what the workers, in this order, remember of it.
    private func code(ofJob index: Int, _ workers: [Int]) -> UInt64 {
        let job = queue.jobs[index]
        var code: UInt64
        switch job.state {
        case .waiting: code = 0
        case .gone: code = 1
        case .scheduled(let dueIn): code = 2 + UInt64(min(dueIn, 1))
        case .running(let worker): code = worker == workers[0] ? 4 : 5
        }
        code = code << 2 | UInt64(job.attempt)
        code = code << 2 | UInt64(min(job.endings.count, 3))
        code = code << 2 | UInt64(min(job.effects, 3))
        for worker in workers {
            var claims: UInt64 = 0
            for claim in processes[worker].claims where claim.job == index { claims |= 1 << UInt64(claim.attempt) }
            code = code << 4 | claims
        }
        return code
    }
}
