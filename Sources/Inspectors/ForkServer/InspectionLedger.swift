internal import InspectorChannel

/// Which inspections wait, run and end: takes what happens, returns what follows. Without I/O and clocks.
struct InspectionLedger {
    /// What becomes of a caller who waits.
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
        /// When the parent loses patience with the server; `nil` while the job waits to be sent.
        var backstopMs: Int?
        var process: Int32?
        var cancelled = false
        var overdue = false
    }

    /// The server watches the wall clock; one that has not done so by this much later is stuck. Long, because killing the server ends
    /// its other children too, and on a crowded machine a sound server may not get to run for seconds.
    static let graceMs = 30_000

    private var entries: [Int: Entry] = [:]
    /// Jobs to send, in order of arrival.
    private var waiting: [Int] = []
    /// Children to kill, by their jobs.
    private var toKill: [Int] = []

    /// Whether a server has something to do.
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
        entries[id]?.backstopMs = nowMs + entry.wallMs + Self.graceMs
    }

    mutating func sentKill(_ id: Int) {
        toKill.removeAll { $0 == id }
    }

    /// A caller who no longer wants the outcome. A child that exists is killed first, so that nobody writes to the files afterwards.
    mutating func cancel(_ id: Int) -> Settled? {
        guard let entry = entries[id], !entry.cancelled else { return nil }
        guard entry.backstopMs != nil else { return settle(id, .cancelled) }
        entries[id]?.cancelled = true
        toKill.append(id)
        return nil
    }

    /// A job that the socket would not take.
    mutating func failed(_ id: Int, _ error: InspectorError) -> Settled? {
        settle(id, .error(error))
    }

    mutating func received(_ event: InspectorEvent, nowMs: Int) -> Settled? {
        switch event {
        case .ready: return nil
        case .started(let id, let process):
            guard let entry = entries[id] else { return nil }
            entries[id]?.process = process
            // The job may have waited its turn in the server.
            entries[id]?.backstopMs = nowMs + entry.wallMs + Self.graceMs
            return nil
        case .ended(let id, let ending):
            guard let entry = entries[id] else { return nil }
            return settle(id, entry.cancelled ? .cancelled : .end(.ended(ending, process: entry.process)))
        case .refused(let id, let why):
            guard let entry = entries[id] else { return nil }
            return settle(id, entry.cancelled ? .cancelled : .error(.refused(why: why)))
        }
    }

    /// When to look for overdue jobs next.
    var nextBackstopMs: Int? {
        entries.values.lazy.filter { !$0.overdue }.compactMap(\.backstopMs).min()
    }

    /// Marks the jobs that should have ended long ago. Whether there are any: then the server is to be killed.
    mutating func noteOverdue(nowMs: Int) -> Bool {
        let overdue = entries.filter { !$0.value.overdue && ($0.value.backstopMs ?? .max) <= nowMs }.keys
        for id in overdue { entries[id]?.overdue = true }
        return !overdue.isEmpty
    }

    /// The server has gone. What it worked on ended with it; what still waits is for the next one.
    mutating func serverEnded(killed: Bool) -> [Settled] {
        toKill = []
        return entries.filter { $0.value.backstopMs != nil }.keys.sorted().compactMap { id in
            guard let entry = entries[id] else { return nil }
            let cause: InspectorDeath.Cause = entry.overdue ? .wallTime : killed ? .killed : .serverDied
            return settle(id, entry.cancelled ? .cancelled : .end(.lost(cause, process: entry.process)))
        }
    }

    /// Those who wait will not be served, as if they had been.
    mutating func killWaiting() -> [Settled] {
        let left = waiting
        return left.compactMap { settle($0, .end(.lost(.killed, process: nil))) }
    }

    /// No server will come for those who wait.
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
