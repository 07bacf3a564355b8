/// The pool's decisions about who gets which connection, without any I/O.
///
/// A *place* is the right to have a connection open. There are `limit` of them; each is free, holds an idle connection, or belongs
/// to a borrower, who has a connection or is making one.
struct PoolState<Connection> {
    typealias Ticket = Int

    let limit: Int
    /// The longest unused first.
    private var resting: [(connection: Connection, since: ContinuousClock.Instant)] = []
    private(set) var waiting: [Ticket] = []
    private(set) var taken = 0
    private(set) var isClosed = false
    private var nextTicket = 0

    init(limit: Int) {
        self.limit = limit
    }

    enum Acquisition {
        /// Use this one.
        case lend(Connection)
        /// A place is yours: make a connection.
        case open
        /// Wait until a ``Handover`` names this ticket.
        case wait(Ticket)
        case refuse
    }

    mutating func acquire() -> Acquisition {
        guard !isClosed else { return .refuse }
        // The most recently used one is the least likely to have been cut off.
        if let last = resting.popLast() {
            taken += 1
            return .lend(last.connection)
        }
        if taken < limit {
            taken += 1
            return .open
        }
        nextTicket += 1
        waiting.append(nextTicket)
        return .wait(nextTicket)
    }

    enum Handover {
        /// The longest waiting borrower gets the connection, or, if there is none, the place.
        case pass(to: Ticket, Connection?)
        /// Nobody waits; what was to be closed is returned.
        case rest(closing: Connection?)
    }

    /// A borrower gives its place back, with its connection if that is still good.
    mutating func giveBack(_ connection: Connection?, at now: ContinuousClock.Instant = .now) -> Handover {
        if !waiting.isEmpty { return .pass(to: waiting.removeFirst(), connection) }
        taken -= 1
        guard let connection, !isClosed else { return .rest(closing: connection) }
        resting.append((connection, since: now))
        return .rest(closing: nil)
    }

    /// The time since which the longest unused idle connection is unused.
    var restsSince: ContinuousClock.Instant? { resting.first?.since }

    /// Removes and returns the idle connections that were not used since then. The caller has to close them.
    mutating func expire(unusedSince then: ContinuousClock.Instant) -> [Connection] {
        let count = resting.prefix { $0.since <= then }.count
        defer { resting.removeFirst(count) }
        return resting.prefix(count).map(\.connection)
    }

    /// A waiting borrower leaves the queue.
    mutating func giveUp(_ ticket: Ticket) {
        waiting.removeAll { $0 == ticket }
    }

    /// Stops lending. The caller has to close the returned idle connections and to refuse the waiting borrowers.
    mutating func close() -> (idle: [Connection], waiting: [Ticket]) {
        isClosed = true
        defer {
            resting = []
            waiting = []
        }
        return (resting.map(\.connection), waiting)
    }

    /// True when closed and nothing is lent.
    var isDrained: Bool {
        isClosed && taken == 0
    }
}
