import JobQueue

/// What must hold in every state and across every step of the model.
enum ModelInvariants {
    /// - Returns: what is wrong with a state, in words.
    static func violation(in world: ModelWorld) -> String? {
        for (index, job) in world.queue.jobs.enumerated() {
            if job.effects > 1 { return "job \(index) has its effects \(job.effects) times" }
            if job.effects != job.endings.filter({ $0 == .completed }).count { return "job \(index) has effects without its end" }
            if job.endings.count != (job.state == .gone ? 1 : 0) { return "job \(index) is lost or ended while it lives" }
            if case .running(let worker) = job.state, world.queue.workers[worker] == nil {
                return "job \(index) runs on worker \(worker), which nobody will rescue"
            }
            let holders = world.processes.filter { $0.claims.contains { $0.job == index && world.queue.isBlocked($0) } }
            if holders.count > 1 { return "job \(index) has two holders with a valid fence" }
        }
        return nil
    }

    /// - Returns: what is wrong with a step, in words.
    static func violation(from before: ModelQueue, by step: ModelWorld.Step, to after: ModelQueue) -> String? {
        for (job, (old, new)) in zip(before.jobs, after.jobs).enumerated() {
            if new.attempt < old.attempt { return "the attempt of job \(job) fell" }
            if case .running(let worker) = old.state, new.state != old.state, case .rescue = step, before.isAlive(worker) {
                return "job \(job) was taken from worker \(worker), whose lease holds"
            }
        }
        switch step {
        case .claim(let worker, let job) where before.jobs[job] != after.jobs[job]:
            if !before.isAlive(worker) { return "worker \(worker) claimed without a lease" }
            if after.jobs[job].attempt != before.jobs[job].attempt + 1 { return "a claim did not raise the attempt of job \(job)" }
            if case .running = before.jobs[job].state { return "job \(job) was claimed while it ran" }
        case .rescue:
            for worker in before.workers.indices {
                if before.isAlive(worker), after.workers[worker] == nil { return "worker \(worker) was declared dead although it is alive" }
                if before.workers[worker] != nil, !before.isAlive(worker), after.workers[worker] != nil {
                    return "dead worker \(worker) was not declared dead"
                }
            }
        default:
            if let claim = step.fencedClaim, !before.isBlocked(claim), before != after { return "stale \(claim) changed something" }
        }
        return nil
    }
}
