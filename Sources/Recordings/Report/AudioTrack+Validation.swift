extension AudioTrack {
    func validate(_ check: ReportCheck) throws(ReportDefect) {
        try check.identifier(codec, "audio.codec")
        try check.count(channels, "audio.channels", in: 1...Self.channelsAtMost)
        try check.count(sampleRate, "audio.sample_rate", in: Self.sampleRates)
        try check.moments(from: startMs, to: endMs, "audio.start_ms")
        try check.number(loudnessLufs, "audio.loudness_lufs", in: -200...200)
        try check.number(loudnessRangeLu, "audio.loudness_range_lu", in: 0...400)
        // Float samples may decode far above full scale.
        try check.number(peakDbfs, "audio.peak_dbfs", in: -1000...1000)
        try check.number(clippedRatio, "audio.clipped_ratio", in: 0...1)
        try check.number(speechRatio, "audio.speech_ratio", in: 0...1)
        try check.moment(firstSoundMs, "audio.first_sound_ms")
        try check.spans(silences, "audio.silences")
    }
}
