import Testing

@testable import JobQueue

/// Transcripts of what a worker does when the machine kills its inspectors: no clock, no memory.
struct SlotPressureTests {
    private let start = ContinuousClock.now

    private func die(_ pressure: inout SlotPressure, _ slots: Int, _ now: ContinuousClock.Instant) -> Bool {
        pressure.died(slots: slots, now: now)
    }

    @Test func `each shortage takes one slot away, however many die of it, down to one`() {
        var pressure = SlotPressure()
        #expect(pressure.left(of: 4, now: start) == 4)
        for _ in 1...3 { #expect(!die(&pressure, 4, start)) }
        #expect(pressure.left(of: 4, now: start) == 3)
        #expect(!die(&pressure, 4, start + .seconds(2)))
        #expect(!die(&pressure, 4, start + .seconds(4)))
        #expect(pressure.left(of: 4, now: start + .seconds(4)) == 1)
        #expect(die(&pressure, 4, start + .seconds(6)), "no slot is left to take away")
        #expect(pressure.left(of: 4, now: start + .seconds(6)) == 1)
    }

    @Test func `they hold, and come back one a minute after two quiet minutes`() {
        var pressure = SlotPressure()
        for second in [0, 2, 4] { _ = pressure.died(slots: 4, now: start + .seconds(second)) }
        let last = start + .seconds(4)
        #expect(pressure.left(of: 4, now: last + .seconds(119)) == 1)
        #expect(pressure.left(of: 4, now: last + .seconds(120)) == 2)
        #expect(pressure.left(of: 4, now: last + .seconds(180)) == 3)
        #expect(pressure.left(of: 4, now: last + .seconds(240)) == 4)
        #expect(pressure.left(of: 4, now: last + .seconds(900)) == 4)
        #expect(pressure.sentence(slots: 4, now: last + .seconds(240)) == nil)
        _ = pressure.died(slots: 4, now: last + .seconds(900))
        #expect(pressure.left(of: 4, now: last + .seconds(900)) == 3, "and it begins anew")
    }

    @Test func `it is told in words: how many slots are left, and when not even one works`() {
        var pressure = SlotPressure()
        #expect(pressure.sentence(slots: 2, now: start) == nil)
        _ = pressure.died(slots: 2, now: start)
        #expect(pressure.sentence(slots: 2, now: start)?.contains("works on 1 of 2 jobs at once") == true)
        _ = pressure.died(slots: 2, now: start + .seconds(2))
        #expect(pressure.sentence(slots: 2, now: start + .seconds(2))?.contains("even one at a time") == true)
        pressure.survived()
        #expect(pressure.sentence(slots: 2, now: start + .seconds(3))?.contains("works on 1 of 2 jobs at once") == true)
    }

    @Test func `a worker without slots keeps none, and one with one keeps it`() {
        var pressure = SlotPressure()
        #expect(pressure.left(of: 0, now: start) == 0)
        #expect(die(&pressure, 1, start))
        #expect(pressure.left(of: 1, now: start) == 1)
    }
}
