/// How many slots a worker leaves empty because the machine kills its inspectors. A pure value: the caller passes the time.
///
/// Each shortage takes one slot away, down to a single slot. Inspectors that die within the same second died of the same shortage. After two
/// quiet minutes one slot comes back, and then one each minute.
struct SlotPressure {
    static let quiet = Duration.seconds(120)
    static let step = Duration.seconds(60)
    private static let sameShortage = Duration.seconds(1)

    private var withheldThen = 0
    private var last: ContinuousClock.Instant?
    private var wasAtOneSlot = false

    /// An inspector was killed, or could not be made.
    /// - Returns: whether no slot was left to take away: then the worker has to pause.
    mutating func died(slots: Int, now: ContinuousClock.Instant) -> Bool {
        let withheld = withheld(now: now)
        let isSame = last.map { now - $0 < Self.sameShortage } ?? false
        wasAtOneSlot = slots - withheld <= 1
        withheldThen = wasAtOneSlot || isSame ? withheld : withheld + 1
        last = now
        return wasAtOneSlot
    }

    /// An inspector came to its end. One alone has enough memory.
    mutating func survived() { wasAtOneSlot = false }

    func withheld(now: ContinuousClock.Instant) -> Int {
        guard let last, withheldThen > 0 else { return 0 }
        let quiet = now - last - Self.quiet
        return quiet < .zero ? withheldThen : max(0, withheldThen - 1 - Int(quiet / Self.step))
    }

    /// The slots that are left of `slots`, at least one.
    func left(of slots: Int, now: ContinuousClock.Instant) -> Int { max(min(slots, 1), slots - withheld(now: now)) }

    /// In words for people; `nil` while every slot is used.
    func sentence(slots: Int, now: ContinuousClock.Instant) -> String? {
        let left = left(of: slots, now: now)
        if wasAtOneSlot, let last, now - last < Self.quiet {
            return """
                The machine kills the inspectors, most likely for lack of memory, even one at a time. This worker claims no jobs but one at \
                growing intervals, to try it, and none of these attempts counts. Give it more memory.
                """
        }
        guard left < slots else { return nil }
        return """
            The machine kills inspectors, most likely for lack of memory. This worker works on \(left) of \(slots) jobs at once until it has \
            been quiet for some minutes, and none of these attempts counts. Give it more memory, or fewer slots.
            """
    }
}
