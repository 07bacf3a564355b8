import Synchronization
import Testing

@testable import JobQueue

struct WorkerSlotsTests {
    @Test func `a change before the first observer reaches that observer, and no change is reported twice`() {
        let slots = WorkerSlots(1)
        slots.change(to: 3)
        let told = Mutex<[Int]>([])
        slots.onChange(from: 1) { count in told.withLock { $0.append(count) } }
        #expect(told.withLock { $0 } == [3])
        slots.onChange(from: 3) { count in told.withLock { $0.append(count) } }
        #expect(told.withLock { $0 } == [3])
        slots.change(to: 2)
        #expect(told.withLock { $0 } == [3, 2])
    }
}
