internal import CFFmpeg
internal import Glibc

/// Turns a high dynamic range picture of any size into an ordinary one: signal → light (BT.2100) → BT.709's primaries
/// (BT.2087) → tone curve (BT.2390) → sRGB.
///
/// The tone curve is applied to the brightest of a pixel's three colours and scales the other two with it: hues stay, greys
/// stay grey, and nothing that is within the screen's colours is clipped. It works on pictures that have been scaled down, so
/// its cost is the target's, not the recording's; where formulas need powers, tables stand in for them.
struct ToneMapper {
    /// A power for every possible signal value would be the bulk of the work. 4,096 steps are four times as fine as 10 bits.
    private static let steps = 4_096
    private static let lightSteps = 16_384

    let transfer: HDRTransfer
    /// Signal → brightness over white; for HLG, scene light.
    private let light: [Float]
    /// Brightness over white, up to the peak → factor of the tone curve.
    private let gain: [Float]
    /// Light → display signal.
    private let signal: [Float]

    init(_ transfer: HDRTransfer) {
        self.transfer = transfer
        let scale = Float(Self.steps - 1)
        light = (0..<Self.steps).map { step in
            let signal = Float(step) / scale
            return transfer == .pq ? ToneCurve.pqBrightness(signal) / ToneCurve.white : ToneCurve.hlgScene(signal)
        }
        gain = (0..<Self.steps).map { step in
            let brightness = ToneCurve.peak * Float(step) / scale
            return step == 0 ? 1 : ToneCurve.compressed(brightness) / brightness
        }
        signal = (0..<Self.lightSteps).map { ToneCurve.displaySignal(Float($0) / Float(Self.lightSteps - 1)) }
    }

    /// Fills `target`, 8-bit 4:2:0 whose tags say its matrix and range, from `source` of the same size: 16-bit 4:4:4 in the
    /// recording's own matrix and range.
    func map(_ source: UnsafePointer<AVFrame>, _ coding: YCbCrCoding, into target: UnsafeMutablePointer<AVFrame>) {
        let (width, height) = unsafe (Int(target.pointee.width), Int(target.pointee.height))
        let output = unsafe YCbCrCoding(matrix: target.pointee.colorspace, isFullRange: target.pointee.color_range == AVCOL_RANGE_JPEG)
        guard let input = unsafe Planes<UInt16>(source), let result = unsafe Planes<UInt8>(target) else { return }
        for top in stride(from: 0, to: height, by: 2) {
            for left in stride(from: 0, to: width, by: 2) {
                var (blue, red, count): (Float, Float, Float) = (0, 0, 0)
                for row in top..<min(top + 2, height) {
                    for column in left..<min(left + 2, width) {
                        let pixel = unsafe SIMD3<Float>(
                            Float(input.luma[row * input.lumaStride + column]), Float(input.blue[row * input.colorStride + column]),
                            Float(input.red[row * input.colorStride + column]))
                        let coded = output.encoded(ordinary(coding.decoded(pixel / 256)))
                        unsafe result.luma[row * result.lumaStride + column] = Self.byte(coded.x)
                        blue += coded.y
                        red += coded.z
                        count += 1
                    }
                }
                unsafe result.blue[top / 2 * result.colorStride + left / 2] = Self.byte(blue / count)
                unsafe result.red[top / 2 * result.colorStride + left / 2] = Self.byte(red / count)
            }
        }
    }

    /// From the recording's R'G'B' to an ordinary screen's.
    private func ordinary(_ color: SIMD3<Float>) -> SIMD3<Float> {
        var wide = SIMD3<Float>(light(color.x), light(color.y), light(color.z))
        if transfer == .hlg {
            // BT.2100's luminance; the result is brightness over white.
            wide *= ToneCurve.hlgGain(luminance: (wide * SIMD3(0.2627, 0.6780, 0.0593)).sum()) / ToneCurve.white
        }
        // BT.2087's matrix, the inverse of M2. Colours beyond the screen's become the nearest that it has in each primary.
        var color = SIMD3<Float>(
            (wide * SIMD3(1.6605, -0.5876, -0.0728)).sum(), (wide * SIMD3(-0.1246, 1.1329, -0.0083)).sum(),
            (wide * SIMD3(-0.0182, -0.1006, 1.1187)).sum())
        color.replace(with: 0, where: color .< 0)
        let brightest = color.max()
        color *= gain[Self.index(brightest * ToneCurve.white / ToneCurve.peak, gain.count)]
        return SIMD3(display(color.x), display(color.y), display(color.z))
    }

    private func light(_ value: Float) -> Float { light[Self.index(value, light.count)] }

    private func display(_ value: Float) -> Float { signal[Self.index(value, signal.count)] }

    /// The table's entry nearest to a share of its length.
    private static func index(_ share: Float, _ count: Int) -> Int {
        Int(max(0, min(1, share)) * Float(count - 1) + 0.5)
    }

    private static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value + 0.5))) }
}

/// The three planes of a picture in samples of one kind.
@unsafe private struct Planes<Sample> {
    let luma: UnsafeMutablePointer<Sample>
    let blue: UnsafeMutablePointer<Sample>
    let red: UnsafeMutablePointer<Sample>
    /// Samples from one row to the next.
    let lumaStride: Int
    let colorStride: Int

    init?(_ frame: UnsafePointer<AVFrame>) {
        guard let luma = unsafe frame.pointee.data.0, let blue = unsafe frame.pointee.data.1, let red = unsafe frame.pointee.data.2
        else { return nil }
        unsafe self.luma = UnsafeMutableRawPointer(luma).assumingMemoryBound(to: Sample.self)
        unsafe self.blue = UnsafeMutableRawPointer(blue).assumingMemoryBound(to: Sample.self)
        unsafe self.red = UnsafeMutableRawPointer(red).assumingMemoryBound(to: Sample.self)
        unsafe lumaStride = Int(frame.pointee.linesize.0) / MemoryLayout<Sample>.stride
        unsafe colorStride = Int(frame.pointee.linesize.1) / MemoryLayout<Sample>.stride
    }
}
