/// Turns frames at any times into frames at a constant rate. Each is repeated until the next is due; of several at one place the last one
/// stays.
struct ConstantRateFrames {
    /// The number of the next frame to be written.
    private(set) var next: Int64 = 0
    private var isWaiting = false

    /// A frame whose time is nearest to that of frame `number`.
    /// - Returns: the numbers under which the frame before is to be written now. The very first frame also fills the time before it.
    mutating func arrive(at number: Int64) -> Range<Int64> {
        guard isWaiting else {
            isWaiting = true
            return next..<next
        }
        return advance(to: number)
    }

    /// - Parameter number: of the first frame that is not shown any more.
    /// - Returns: the numbers under which the last frame is to be written, at least one.
    mutating func finish(before number: Int64) -> Range<Int64> {
        isWaiting ? advance(to: max(number, next + 1)) : next..<next
    }

    private mutating func advance(to number: Int64) -> Range<Int64> {
        let due = next..<max(next, number)
        next = due.upperBound
        return due
    }
}
