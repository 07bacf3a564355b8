internal import Glibc
internal import Recordings

/// What was measured of the sound, on the recording's clock.
struct SoundMeasurement {
    var sampleRate: Int
    var channels: Int
    var samplesPerBlock: Int
    var loudness: Double?
    var loudnessRange: Double?
    /// The largest distance from zero, 1 being full scale.
    var peak: Double
    var clippedRatio: Double?
    /// The share of 400 ms windows below -60 dBFS.
    var mutedRatio: Double?
    var silence: SilenceDetector

    /// `nil` for digital silence, which has no level.
    var peakDbfs: Double? { peak > 0 ? (20 * log10(peak)).rounded(toPlaces: 2) : nil }
    var speechRatio: Double? {
        silence.blocks > 0 ? (Double(silence.soundingBlocks) / Double(silence.blocks)).rounded(toPlaces: 4) : nil
    }
    var firstSoundMs: Int? { silence.firstSound.map { $0 * SoundAnalyser.blockMs } }
    var lastSoundEndMs: Int? { silence.lastSoundEnd.map { $0 * SoundAnalyser.blockMs } }

    func silences(durationMs: Int) -> [Span] {
        silence.silences.compactMap { stretch in
            let from = stretch.from * SoundAnalyser.blockMs
            let to = min(stretch.to * SoundAnalyser.blockMs, durationMs)
            return from < to ? Span(fromMs: from, toMs: to) : nil
        }
    }
}
