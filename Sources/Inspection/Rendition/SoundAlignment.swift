/// Keeps sound where its timestamps say it belongs, without trembling with them: browsers' and phones' timestamps jitter by tens of
/// milliseconds while their sound is continuous, and over minutes a microphone's clock drifts from the camera's.
enum SoundAlignment: Equatable {
    case asItIs
    /// Put so many samples of silence in front.
    case pause(Int)
    /// Leave out so many samples.
    case skip(Int)
    /// Let the next second last so many samples longer, or shorter.
    case stretch(Int)

    /// Half of a frame at 30 a second: nobody sees lips that are this much off.
    private static let toleranceMs = 16
    /// Half a hundredth, which nobody hears.
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
