internal import CFFmpeg

/// Rewrites a picture's bytes from one YCbCr coding to another, in place. The colours on the screen stay the same.
///
/// swscale does it by way of R'G'B' and takes several times as long. Between two codings each new value is a weighted sum of the old
/// ones; and because grey is grey in both, brightness has no weight in the colour planes.
struct ColorRecoder {
    /// The weights of one of the three new values, and a constant.
    private struct Sum {
        private static let fractionBits: Int32 = 13

        /// In units of the fraction. Sixteen bits, because processors multiply many of those at once; no weight comes near 4.
        private let luma, blue, red: Int16
        private let constant: Int32

        init(of number: KeyPath<SIMD3<Float>, Float>, _ recoded: (SIMD3<Float>) -> SIMD3<Float>) {
            let zero = recoded(.zero)[keyPath: number]
            let one = Float(1 << Self.fractionBits)
            func weight(_ step: SIMD3<Float>) -> Int16 { Int16(((recoded(step)[keyPath: number] - zero) * one).rounded()) }
            (luma, blue, red) = (weight(SIMD3(1, 0, 0)), weight(SIMD3(0, 1, 0)), weight(SIMD3(0, 0, 1)))
            // A half more, so that dropping the fraction rounds.
            constant = Int32(((zero + 0.5) * one).rounded())
        }

        @inline(__always)
        func ofColor(_ blue: UInt8, _ red: UInt8) -> Int32 {
            Int32(self.blue) &* Int32(blue) &+ Int32(self.red) &* Int32(red) &+ constant
        }

        @inline(__always)
        func byte(luma: UInt8, color: Int32) -> UInt8 { Self.byte(Int32(self.luma) &* Int32(luma) &+ color) }

        @inline(__always)
        static func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: max(0, min(255, sum >> fractionBits))) }
    }

    private let luma, blue, red: Sum

    init(from: YCbCrCoding, to: YCbCrCoding) {
        func recoded(_ coded: SIMD3<Float>) -> SIMD3<Float> { to.encoded(from.decoded(coded)) }
        (luma, blue, red) = (Sum(of: \.x, recoded), Sum(of: \.y, recoded), Sum(of: \.z, recoded))
    }

    /// Rewrites a 4:2:0 picture.
    func recode(_ lumaPlane: PixelPlane, _ bluePlane: PixelPlane, _ redPlane: PixelPlane) {
        // The part of the brightness that comes from the colours, for a row of colours and the pixels that share it.
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * bluePlane.width) { shared in
            for row in unsafe 0..<bluePlane.height {
                let blues = unsafe bluePlane.base + row * bluePlane.stride
                let reds = unsafe redPlane.base + row * redPlane.stride
                for column in unsafe 0..<bluePlane.width {
                    let (b, r) = unsafe (blues[column], reds[column])
                    let sum = luma.ofColor(b, r)
                    unsafe shared[2 * column] = sum
                    unsafe shared[2 * column + 1] = sum
                    unsafe blues[column] = Sum.byte(blue.ofColor(b, r))
                    unsafe reds[column] = Sum.byte(red.ofColor(b, r))
                }
                for row in unsafe 2 * row..<min(2 * row + 2, lumaPlane.height) {
                    let line = unsafe lumaPlane.base + row * lumaPlane.stride
                    for column in unsafe 0..<lumaPlane.width {
                        unsafe line[column] = luma.byte(luma: line[column], color: shared[column])
                    }
                }
            }
        }
    }
}
