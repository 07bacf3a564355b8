/// Wall time of one stage after the other, for `Report.timingsMs`.
struct Stopwatch {
    private var last = ContinuousClock.now
    private(set) var laps: [String: Double] = [:]

    mutating func lap(_ stage: String) {
        let now = ContinuousClock.now
        let time = (now - last).components
        laps[stage] = (Double(time.seconds) * 1000 + Double(time.attoseconds) / 1e15).rounded(toPlaces: 3)
        last = now
    }
}
