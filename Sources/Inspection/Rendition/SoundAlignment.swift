/// Keeps sound at the place of its timestamps, without following their jitter. Browsers' and phones' timestamps jitter by tens of
/// milliseconds while their sound is continuous, and over minutes a microphone's clock drifts from the camera's.
enum SoundAlignment: Equatable {
    case asItIs
    /// Add so many samples of silence.
    case pause(Int)
    /// Skip so many samples.
    case skip(Int)
    /// Make the next second longer by so many samples, or shorter.
    case stretch(Int)

    /// Half of a frame at 30 frames a second: nobody sees that lips and sound are this far apart.
    private static let toleranceMs = 16
    /// Sound is stretched by at most one part in this many, half a percent, which nobody hears.
    private static let stretchRatio = 200

    /// - Parameters:
    ///   - due: the number of the sample that comes next, by its timestamp.
    ///   - position: how many samples there are before it.
    init(due: Int, position: Int, sampleRate: Int) {
        let gap = due - position
        if position == 0 || abs(Int64(gap)) > Int64(sampleRate) * SoundAnalyser.jitter / 1_000_000 {
            self = gap == 0 ? .asItIs : gap > 0 ? .pause(gap) : .skip(-gap)
        } else if abs(gap) > sampleRate * Self.toleranceMs / 1000 {
            let most = sampleRate / Self.stretchRatio
            self = .stretch(max(-most, min(most, gap)))
        } else {
            self = .asItIs
        }
    }
}
