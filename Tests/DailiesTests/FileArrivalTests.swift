import Testing

@testable import Worker

/// When a recording's file is looked for again, and when that ends.
struct FileArrivalTests {
    private typealias Looks = (count: Int, waited: Duration, bytes: Int64?)
    private let day = FileArrival(patience: .seconds(86_400))

    private func decide(_ sight: FileArrival.Sight, declared: Int64? = nil, after looks: Looks? = nil) -> FileArrival.Decision {
        day.decision(on: sight, declared: declared, after: looks, jitter: 1)
    }

    private func waits(_ decision: FileArrival.Decision) -> Bool {
        if case .wait = decision { true } else { false }
    }

    @Test func `a file has come when it is as long as announced, or nobody writes to it any more`() {
        #expect(decide(.file(bytes: 10, isSettled: true)) == .arrived)
        #expect(decide(.file(bytes: 10, isSettled: false), declared: 10) == .arrived)
        #expect(decide(.file(bytes: 11, isSettled: false), declared: 10) == .arrived)
        #expect(waits(decide(.file(bytes: 9, isSettled: true), declared: 10)))
        #expect(waits(decide(.file(bytes: 10, isSettled: false))))
        #expect(waits(decide(.file(bytes: 10, isSettled: false), after: (1, .seconds(1), 9))))
        #expect(decide(.file(bytes: 10, isSettled: false), after: (1, .seconds(1), 10)) == .arrived, "whatever the clocks say")
        #expect(waits(decide(.absent)))
    }

    @Test func `looks are a second apart at first, at most ten minutes later on, and the last comes when the wait is over`() {
        func delay(_ looks: Looks?) -> Duration? {
            if case .wait(let delay, _) = decide(.absent, after: looks) { delay } else { nil }
        }
        #expect(delay(nil) == .seconds(1))
        #expect(delay((1, .seconds(1), nil)) == .seconds(2))
        #expect(delay((6, .seconds(63), nil)) == .seconds(64))
        #expect(delay((40, .seconds(20_000), nil)) == .seconds(600))
        #expect(delay((150, .seconds(86_300), nil)) == .seconds(100))
        #expect(delay((150, .seconds(86_400), nil)) == nil)
    }

    @Test func `the wait ends by the time that has passed, but not by a clock that jumps ahead or back`() {
        #expect(decide(.absent, after: (150, .seconds(86_400), nil)) == .over)
        #expect(decide(.file(bytes: 9, isSettled: true), declared: 10, after: (150, .seconds(86_400), 9)) == .over)
        #expect(waits(decide(.absent, after: (2, .seconds(1_000_000), nil))))
        #expect(waits(decide(.absent, after: (150, .seconds(-3600), nil))))
        #expect(FileArrival(patience: .zero).decision(on: .absent, declared: nil, after: nil, jitter: 1) == .over)
    }
}
