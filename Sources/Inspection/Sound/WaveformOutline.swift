internal import Recordings

/// The sound's outline in at most `Waveform.pointsAtMost` points, whatever its length. It starts with a point for each 10 ms; when there
/// are too many points it joins neighbours and goes on with points of twice the length.
struct WaveformOutline {
    /// Minimum and maximum, alternating, in the range of a signed byte.
    private(set) var values: [Int8] = []
    private(set) var blocksPerPoint = 1
    private var lowest: Int8 = .max
    private var highest: Int8 = .min
    private var blocks = 0

    var points: Int { values.count / 2 }

    mutating func add(minimum: Float, maximum: Float) {
        lowest = min(lowest, Self.byte(minimum))
        highest = max(highest, Self.byte(maximum))
        blocks += 1
        if blocks == blocksPerPoint { close() }
    }

    mutating func finish() {
        if blocks > 0 { close() }
    }

    /// audiowaveform's JSON, version 2.
    func json(sampleRate: Int, samplesPerBlock: Int) -> [UInt8] {
        var text = "{\"version\":2,\"channels\":1,\"sample_rate\":\(sampleRate),"
        text += "\"samples_per_pixel\":\(samplesPerBlock * blocksPerPoint),\"bits\":8,\"length\":\(points),\"data\":["
        text += values.lazy.map { String($0) }.joined(separator: ",")
        text += "]}\n"
        return Array(text.utf8)
    }

    private mutating func close() {
        values.append(lowest)
        values.append(highest)
        lowest = .max
        highest = .min
        blocks = 0
        if points == Waveform.pointsAtMost { fold() }
    }

    private mutating func fold() {
        let half = points / 2
        for point in 0..<half {
            values[2 * point] = min(values[4 * point], values[4 * point + 2])
            values[2 * point + 1] = max(values[4 * point + 1], values[4 * point + 3])
        }
        values.removeLast(values.count - 2 * half)
        blocksPerPoint *= 2
    }

    private static func byte(_ sample: Float) -> Int8 {
        Int8(max(-128, min(127, (sample * 128).rounded())))
    }
}
