internal import FFmpeg
internal import Glibc

/// Every number that decides over a flag, with its reason; numbers without a reason were agreed as they are. `Flag.Name.sentence` in
/// Recordings says some of them in words ("more than two seconds"): change both.
enum FlagThresholds {
    // MARK: Time

    /// A longer gap in all streams at once counts as a missing piece. Opus' discontinuous transmission leaves gaps of 0.4 s at most, and
    /// recorders cut what they pause.
    static let hole: Microseconds = 500_000
    /// No video frame for longer than this is a stall.
    static let stall: Microseconds = 2_000_000
    /// An unchanged picture for at least this long is frozen.
    static let frozen: Microseconds = 5_000_000
    /// The share of the answer from which on a frozen picture is a fault.
    static let frozenFaultRatio = 0.5
    static let tooShortMs = 1_000
    static let leadingSilenceMs = 3_000
    static let trailingSilenceMs = 5_000
    static let startOffsetMs = 500
    static let endOffsetMs = 1_000
    static let lowFrameRate = 10.0
    /// How much more than the packets' span a header may promise. Headers round, and the last frame may be held, which in short
    /// recordings is more than the ratio.
    static let headerExcessRatio = 0.05
    static let headerExcessMs = 250.0

    // MARK: Sound

    /// Below this level a window of `mutedWindowMs` holds no sound. Quiet rooms give -55 dBFS and more, muted microphones digital
    /// silence.
    static let mutedDbfs = -60.0
    static let mutedWindowMs = 400
    static let mutedRatio = 0.98
    static let silenceDbfs = -50.0
    static let clippedLevel: Float = 0.99
    static let clippedRun = 3
    static let clippedRatio = 0.001
    static let quietLufs = -35.0
    static let loudLufs = -10.0
    static let speechRatio = 0.2

    /// A level in dBFS as the mean square of samples whose full scale is 1.
    static func meanSquare(dbfs: Double) -> Double { pow(10, dbfs / 10) }

    // MARK: Picture

    /// Mean brightness (0 black to 255 white) of a dark picture. A lens under a finger or a shutter gives less than 20; a face
    /// lit only by its screen 40 and more.
    static let darkLuma = 24.0
    /// Standard deviation of brightness of a picture without contrast: an even wall through fog has 10, a covered lens 5.
    static let flatDeviation = 6.0
    static let coveredRatio = 0.8
    static let decodeErrorRatio = 0.01
}
