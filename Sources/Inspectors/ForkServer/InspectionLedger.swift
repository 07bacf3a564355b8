internal import InspectorChannel

/// A state machine for the inspections that wait, run and end: it takes events and returns answers, without I/O and clocks.
struct InspectionLedger {
    /// The answer to a caller that waits.
    enum Answer: Equatable {
        case end(InspectionEnd)
        case cancelled
        case error(InspectorError)
    }

    struct Settled: Equatable {
        var id: Int
        var answer: Answer
    }

    private struct Entry {
        var wallMs: Int
        /// When the parent takes the server for stuck; `nil` while the job waits to be sent.
        var stuckMs: Int?
        var process: Int32?
        var cancelled = false
        var overdue = false
    }

    /// The server ends a child at its deadline. A server that has not done so this much later is taken for stuck. The time is long,
    /// because killing the server ends its other children too, and on a busy machine a sound server may not run for seconds.
    static let graceMs = 30_000

    private var entries: [Int: Entry] = [:]
    /// Jobs to send, in order of arrival.
    private var waiting: [Int] = []
    /// Children to kill, by their jobs.
    private var toKill: [Int] = []

    /// Whether there is nothing for a server to do.
    var isIdle: Bool { entries.isEmpty }

    mutating func add(_ id: Int, wallSeconds: Int) {
        entries[id] = Entry(wallMs: wallSeconds * 1000)
        waiting.append(id)
    }

    var nextToSend: Int? { waiting.first }
    var nextToKill: Int? { toKill.first }

    mutating func sent(_ id: Int, nowMs: Int) {
        waiting.removeAll { $0 == id }
        guard let entry = entries[id] else { return }
        entries[id]?.stuckMs = nowMs + entry.wallMs + Self.graceMs
    }

    mutating func sentKill(_ id: Int) {
        toKill.removeAll { $0 == id }
    }

    /// Cancels an inspection. A child that exists is killed before the answer, so that nothing writes to the files afterwards.
    mutating func cancel(_ id: Int) -> Settled? {
        guard let entry = entries[id], !entry.cancelled else { return nil }
        guard entry.stuckMs != nil else { return settle(id, .cancelled) }
        entries[id]?.cancelled = true
        toKill.append(id)
        return nil
    }

    /// Ends a job that could not be sent.
    mutating func failed(_ id: Int, _ error: InspectorError) -> Settled? {
        settle(id, .error(error))
    }

    mutating func received(_ event: InspectorEvent, nowMs: Int) -> Settled? {
        switch event {
        case .ready: return nil
        case .started(let id, let process):
            guard let entry = entries[id] else { return nil }
            entries[id]?.process = process
            // The job may have waited in the server.
            entries[id]?.stuckMs = nowMs + entry.wallMs + Self.graceMs
            return nil
        case .ended(let id, let ending):
            guard let entry = entries[id] else { return nil }
            return settle(id, entry.cancelled ? .cancelled : .end(.ended(ending, process: entry.process)))
        case .refused(let id, let why):
            guard let entry = entries[id] else { return nil }
            return settle(id, entry.cancelled ? .cancelled : .error(.refused(why: why)))
        }
    }

    /// When the next job is overdue.
    var nextStuckMs: Int? {
        entries.values.lazy.filter { !$0.overdue }.compactMap(\.stuckMs).min()
    }

    /// Marks the jobs that are overdue. Returns whether there are new ones: then the server must be killed.
    mutating func noteOverdue(nowMs: Int) -> Bool {
        let overdue = entries.filter { !$0.value.overdue && ($0.value.stuckMs ?? .max) <= nowMs }.keys
        for id in overdue { entries[id]?.overdue = true }
        return !overdue.isEmpty
    }

    /// The server has ended, and its children with it. Jobs that wait are for the next server.
    mutating func serverEnded(killed: Bool) -> [Settled] {
        toKill = []
        return entries.filter { $0.value.stuckMs != nil }.keys.sorted().compactMap { id in
            guard let entry = entries[id] else { return nil }
            let cause: InspectorDeath.Cause = entry.overdue ? .wallTime : killed ? .killed : .serverDied
            return settle(id, entry.cancelled ? .cancelled : .end(.lost(cause, process: entry.process)))
        }
    }

    /// Ends the jobs that wait, as if they had run and been killed.
    mutating func killWaiting() -> [Settled] {
        let left = waiting
        return left.compactMap { settle($0, .end(.lost(.killed, process: nil))) }
    }

    /// Ends the jobs that wait, because no server can be started.
    mutating func giveUp(_ error: InspectorError) -> [Settled] {
        let left = waiting
        return left.compactMap { settle($0, .error(error)) }
    }

    private mutating func settle(_ id: Int, _ answer: Answer) -> Settled? {
        guard entries.removeValue(forKey: id) != nil else { return nil }
        waiting.removeAll { $0 == id }
        toKill.removeAll { $0 == id }
        return Settled(id: id, answer: answer)
    }
}
