internal import FFmpeg
internal import Recordings

extension AudioTrack {
    init?(timeline: StreamTimeline, stream: StreamInfo?, heard: SoundMeasurement, clock: RecordingClock) {
        guard let codec = stream?.codec, let start = timeline.start, let end = timeline.end else { return nil }
        self.init(
            codec: codec, channels: heard.channels, sampleRate: heard.sampleRate, startMs: clock.ms(start), endMs: clock.ms(end),
            loudnessLufs: heard.loudness?.rounded(toPlaces: 2), loudnessRangeLu: heard.loudnessRange?.rounded(toPlaces: 2),
            peakDbfs: heard.peakDbfs, clippedRatio: heard.clippedRatio?.rounded(toPlaces: 6), speechRatio: heard.speechRatio,
            // Samples are counted, and a recording may have more samples than its duration has room for.
            firstSoundMs: heard.firstSoundMs.map { min($0, clock.durationMs) }, silences: heard.silences(durationMs: clock.durationMs))
    }
}
