extension VideoTrack {
    /// How many times wider than high one sample may be; a larger ratio is taken for garbage in the header; `AVRational.positiveRatio` in
    /// FFmpeg drops it.
    private static let widestSample = 20

    func validate(_ check: ReportCheck) throws(ReportDefect) {
        try check.identifier(codec, "video.codec")
        try check.label(profile, "video.profile")
        // The displayed size may be larger than the coded one by the shape of the samples.
        let widest = check.limits.pixels.multipliedReportingOverflow(by: Self.widestSample)
        for side in [width, height] { try check.count(side, "video.width", in: 1...(widest.overflow ? .max : widest.partialValue)) }
        try validate(codedWidth, codedHeight, "video.coded_width", check)
        try check.require([0, 90, 180, 270].contains(rotation), "video.rotation", "is not a multiple of 90 below 360")
        try check.count(frames, "video.frames", in: 0...check.limits.packets)
        try check.count(keyframes, "video.keyframes", in: 0...frames)
        try check.number(fps, "video.fps", in: 0...1e6)
        if let gap = frameGapMs {
            let all = [gap.median, gap.p95, gap.max]
            for value in all { try check.number(value, "video.frame_gap_ms", in: 0...Double(ReportCheck.anyTimeMs)) }
            try check.require(all == all.sorted(), "video.frame_gap_ms", "has a median above its maximum")
        }
        try check.moment(keyframeGapMaxMs, "video.keyframe_gap_max_ms")
        try check.count(bitDepth, "video.bit_depth", in: 1...32)
        try check.moments(from: startMs, to: endMs, "video.start_ms")
        try check.require(sizes.count <= Self.sizesAtMost, "video.sizes", "has too many entries")
        var previousMs = 0
        for size in sizes {
            try validate(size.width, size.height, "video.sizes", check)
            try check.moment(size.atMs, "video.sizes")
            try check.require(size.atMs >= previousMs, "video.sizes", "is not in order")
            previousMs = size.atMs
        }
    }

    private func validate(_ width: Int, _ height: Int, _ field: String, _ check: ReportCheck) throws(ReportDefect) {
        try check.count(width, field, in: 1...check.limits.pixels)
        try check.count(height, field, in: 1...check.limits.pixels)
        try check.count(width.multipliedReportingOverflow(by: height).partialValue, field, in: 1...check.limits.pixels)
    }
}
