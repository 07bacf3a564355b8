internal import CFFmpeg

/// How R'G'B' (0 to 1) is written as brightness and two colour differences, in steps of 8 bits; finer samples are fractions of
/// those. BT.601 (2.5), BT.709 (3), SMPTE 240M (4.3) and BT.2020 (table 4) differ only in two weights.
struct YCbCrCoding: Equatable {
    private let red: Float
    private let blue: Float
    private let offset: Float
    private let lumaSteps: Float
    private let colorSteps: Float
    /// Whether the colour differences have a meaning that is not implemented here: then the picture is grey.
    private let isGrey: Bool

    init(matrix: AVColorSpace, isFullRange: Bool) {
        switch matrix {
        case AVCOL_SPC_BT709: (red, blue) = (0.2126, 0.0722)
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: (red, blue) = (0.299, 0.114)
        case AVCOL_SPC_SMPTE240M: (red, blue) = (0.212, 0.087)
        // What is coded in high dynamic range and does not say is BT.2100's first form.
        default: (red, blue) = (0.2627, 0.0593)
        }
        // ICtCp, and Dolby Vision's own coding: their first component is PQ-coded brightness, so the picture is shown in grey.
        isGrey = matrix == AVCOL_SPC_ICTCP
        offset = isFullRange ? 0 : 16
        lumaSteps = isFullRange ? 255 : 219
        colorSteps = isFullRange ? 255 : 224
    }

    /// R'G'B' of (Y', Cb, Cr).
    func decoded(_ coded: SIMD3<Float>) -> SIMD3<Float> {
        let y = (coded.x - offset) / lumaSteps
        guard !isGrey else { return SIMD3(y, y, y) }
        let r = y + 2 * (1 - red) * (coded.z - 128) / colorSteps
        let b = y + 2 * (1 - blue) * (coded.y - 128) / colorSteps
        return SIMD3(r, (y - red * r - blue * b) / (1 - red - blue), b)
    }

    /// (Y', Cb, Cr) of R'G'B'.
    func encoded(_ color: SIMD3<Float>) -> SIMD3<Float> {
        let y = red * color.x + (1 - red - blue) * color.y + blue * color.z
        return SIMD3(
            offset + lumaSteps * y, 128 + colorSteps * (color.z - y) / (2 * (1 - blue)), 128 + colorSteps * (color.x - y) / (2 * (1 - red)))
    }
}
