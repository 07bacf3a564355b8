internal import Glibc

/// The formulas between a high dynamic range signal and an ordinary one, each a function of plain numbers. Brightness is in
/// cd/m², signals from 0 to 1.
enum ToneCurve {
    /// The brightest that is shown, and the nominal peak of an HLG screen (BT.2100, table 5). Phones master for it as well.
    /// What is brighter becomes white.
    static let peak: Float = 1_000
    /// HDR reference white: a sheet of white paper (BT.2408, 2.1). It is what ordinary pictures call white, so faces keep the
    /// brightness they would have had in an ordinary recording, where the peak as white would make everything dim.
    static let white: Float = 203

    // MARK: Perceptual quantisation: SMPTE ST 2084, BT.2100 table 4

    private static let m1: Float = 2610.0 / 16384
    private static let m2: Float = 2523.0 / 4096 * 128
    private static let c1: Float = 3424.0 / 4096
    private static let c2: Float = 2413.0 / 4096 * 32
    private static let c3: Float = 2392.0 / 4096 * 32

    static func pqBrightness(_ signal: Float) -> Float {
        let root = powf(max(0, signal), 1 / m2)
        return 10_000 * powf(max(root - c1, 0) / (c2 - c3 * root), 1 / m1)
    }

    static func pqSignal(_ brightness: Float) -> Float {
        let power = powf(max(0, brightness) / 10_000, m1)
        return powf((c1 + c2 * power) / (1 + c3 * power), m2)
    }

    // MARK: Hybrid log-gamma: BT.2100 table 5

    /// The inverse OETF: how much light fell into the camera, from 0 to 1.
    static func hlgScene(_ signal: Float) -> Float {
        let a: Float = 0.17883277
        let b = 1 - 4 * a
        let c = 0.5 - a * logf(4 * a)
        return signal <= 0.5 ? signal * signal / 3 : (expf((signal - c) / a) + b) / 12
    }

    /// The OOTF's factor from scene light to a screen of `peak`, whose gamma is 1.2, for a pixel of the given luminance.
    static func hlgGain(luminance: Float) -> Float { peak * powf(max(0, luminance), 0.2) }

    // MARK: To an ordinary screen

    /// Brings 0 to `peak` into 0 to `white`: BT.2390's electro-electrical transfer function (annex 5), with black as it is. Up to
    /// its knee, about 90 cd/m², nothing changes; above, a Hermite spline rolls off, so that highlights keep their drawing.
    static func compressed(_ brightness: Float) -> Float {
        let top = pqSignal(peak)
        let most = pqSignal(white) / top
        let knee = 1.5 * most - 0.5
        let signal = min(1, pqSignal(brightness) / top)
        guard signal > knee else { return brightness }
        let t = (signal - knee) / (1 - knee)
        let (square, cube) = (t * t, t * t * t)
        let spline =
            (2 * cube - 3 * square + 1) * knee + (cube - 2 * square + t) * (1 - knee) + (3 * square - 2 * cube) * most
        return pqBrightness(spline * top)
    }

    /// The signal that an ordinary screen shows as `light`, 1 being white: IEC 61966-2-1 (sRGB).
    static func displaySignal(_ light: Float) -> Float {
        light <= 0.0031308 ? 12.92 * max(0, light) : 1.055 * powf(min(1, light), 1 / 2.4) - 0.055
    }
}
