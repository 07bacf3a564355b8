internal import FFmpeg

/// Three cheap measures of one picture, from its brightness alone.
struct PictureQuality: Equatable {
    /// 0 black to 255 white.
    var mean: Double
    /// Standard deviation: contrast.
    var deviation: Double
    /// Mean bend of brightness along the rows: how much fine detail there is. A blurred picture has less than 1.
    var sharpness: Double

    /// - Parameters:
    ///   - tile: the frame scaled down, for brightness and contrast.
    ///   - frame: the frame itself, because scaling hides blur. Every eighth row says enough.
    init(tile: Picture, frame: Frame) {
        (mean, deviation) = unsafe tile.withLuma { unsafe Self.brightness($0) }
        sharpness = unsafe frame.withLuma { unsafe Self.bend($0, rowStep: 8) } ?? tile.withLuma { unsafe Self.bend($0, rowStep: 1) }
    }

    init(mean: Double, deviation: Double, sharpness: Double) {
        self.mean = mean
        self.deviation = deviation
        self.sharpness = sharpness
    }

    /// How good a poster it makes, from 0: neither dark nor burnt out, with contrast, and sharp. The bounds are those of a
    /// face in a lit room: mean 60 to 200, deviation 40 and more, bend 3 and more.
    var score: Double {
        func ramp(_ value: Double, _ full: Double) -> Double { max(0, min(1, value / full)) }
        let exposure = min(ramp(mean - 12, 48), ramp(250 - mean, 50))
        return exposure * (0.2 + 0.4 * ramp(deviation, 40)) * (0.4 + 0.6 * sharpness / (sharpness + 1.5))
    }

    var isCovered: Bool { mean < FlagThresholds.darkLuma || deviation < FlagThresholds.flatDeviation }

    private static func brightness(_ plane: PixelPlane) -> (mean: Double, deviation: Double) {
        var sum = 0
        var squares = 0
        for row in unsafe 0..<plane.height {
            let line = unsafe plane.base + row * plane.stride
            // In 32 bits, so that several are added at once; the squares of a row fit up to a width of 66,000, and this is a tile.
            var rowSum: UInt32 = 0
            var rowSquares: UInt32 = 0
            for column in unsafe 0..<plane.width {
                let value = unsafe UInt32(line[column])
                rowSum &+= value
                rowSquares &+= value &* value
            }
            sum += Int(rowSum)
            squares += Int(rowSquares)
        }
        let count = unsafe Double(max(1, plane.width * plane.height))
        let mean = Double(sum) / count
        return (mean, max(0, Double(squares) / count - mean * mean).squareRoot())
    }

    private static func bend(_ plane: PixelPlane, rowStep: Int) -> Double {
        guard unsafe plane.width >= 3 else { return 0 }
        var sum = 0
        var count = 0
        for row in unsafe stride(from: rowStep / 2, to: plane.height, by: rowStep) {
            let line = unsafe plane.base + row * plane.stride
            var rowSum: Int32 = 0
            for column in unsafe 1..<plane.width - 1 {
                let bend = unsafe Int32(line[column - 1]) &- 2 &* Int32(line[column]) &+ Int32(line[column + 1])
                rowSum &+= bend < 0 ? 0 &- bend : bend
            }
            sum += Int(rowSum)
            unsafe count += plane.width - 2
        }
        return count > 0 ? Double(sum) / Double(count) : 0
    }
}
