internal import FFmpeg

/// How much two tiles of the same size differ in brightness.
struct PictureDifference: Equatable {
    /// Mean absolute difference over all pixels.
    var mean: Double
    /// The largest difference between the means of two 8x8 blocks: a mouth or an eye that moved, where `mean` sees nothing.
    var block: Double

    private static let blockSide = 8

    init(mean: Double, block: Double) {
        self.mean = mean
        self.block = block
    }

    init(_ first: Picture, _ second: Picture) {
        self = unsafe first.withLuma { a in unsafe second.withLuma { b in unsafe Self.compare(a, b) } }
    }

    private static func compare(_ a: PixelPlane, _ b: PixelPlane) -> PictureDifference {
        let width = unsafe min(a.width, b.width)
        let height = unsafe min(a.height, b.height)
        var total = 0
        var largest = 0.0
        for top in stride(from: 0, to: height, by: blockSide) {
            for left in stride(from: 0, to: width, by: blockSide) {
                let (right, bottom) = (min(left + blockSide, width), min(top + blockSide, height))
                var signed = 0
                for row in top..<bottom {
                    let lineA = unsafe a.base + row * a.stride
                    let lineB = unsafe b.base + row * b.stride
                    for column in left..<right {
                        let difference = unsafe Int(lineA[column]) &- Int(lineB[column])
                        signed &+= difference
                        total &+= abs(difference)
                    }
                }
                largest = max(largest, abs(Double(signed)) / Double((right - left) * (bottom - top)))
            }
        }
        return PictureDifference(mean: Double(total) / Double(max(1, width * height)), block: largest)
    }
}
