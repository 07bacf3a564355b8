internal import FFmpeg
internal import Recordings

/// Turns measurements into flags, without I/O: one function each for the file, the picture, the sound, and the two together.
enum FlagRules {
    static func flags(of measured: Measurements) -> [Flag] {
        container(measured) + picture(measured) + sound(measured) + together(measured)
    }

    // MARK: The file

    private static func container(_ measured: Measurements) -> [Flag] {
        var flags: [Flag] = []
        if let flag = truncated(measured) { flags.append(flag) }
        let holes = Span.joined(measured.holes + measured.zeroed)
        let holeMs = holes.reduce(0) { $0 + $1.lengthMs }
        if !holes.isEmpty || measured.structure.damagedAt != nil {
            flags.append(Flag(.dataMissing, .warning, value: holeMs > 0 ? Double(holeMs) : nil, spans: holes))
        }
        if let declared = measured.container.declaredType, DeclaredType.contradicts(declared, format: measured.container.format) {
            flags.append(Flag(.typeMismatch, .warning))
        }
        if measured.durationMs < FlagThresholds.tooShortMs {
            flags.append(Flag(.tooShort, .warning, value: Double(measured.durationMs)))
        }
        if measured.decodedPackets > 0 {
            let ratio = Double(measured.failedPackets) / Double(measured.decodedPackets)
            if ratio > FlagThresholds.decodeErrorRatio { flags.append(Flag(.decodeErrors, .warning, value: ratio.rounded(toPlaces: 4))) }
        }
        return flags
    }

    /// The value is the share of the recording that is missing, where the sender or the container says how much there should be.
    private static func truncated(_ measured: Measurements) -> Flag? {
        let promised = [measured.structure.promisedBytes, measured.declaredBytes].compactMap { $0 }.max()
        let missingBytes = promised.map { Double($0 - measured.actualBytes) / Double($0) }.flatMap { $0 > 0 ? $0 : nil }
        if measured.structure.isCutShort || (measured.declaredBytes ?? 0) > measured.actualBytes {
            return Flag(.truncated, .fault, value: missingBytes?.rounded(toPlaces: 4), spans: [])
        }
        if let promised = measured.promisedMs, promised > 0 {
            // Matroska's writers disagree whether a recording whose clock begins late lasts until its end or from its start to its end.
            let start = max(0, measured.containerStartMs)
            let excess = Double(promised - measured.durationMs - (promised > start ? start : 0))
            let tolerance = max(FlagThresholds.headerExcessMs, Double(measured.durationMs) * FlagThresholds.headerExcessRatio)
            if excess > tolerance {
                return Flag(.truncated, .fault, value: (excess / Double(promised)).rounded(toPlaces: 4), spans: [])
            }
        }
        return nil
    }

    // MARK: The picture

    private static func picture(_ measured: Measurements) -> [Flag] {
        guard let video = measured.video else { return [Flag(.noVideo, .fault)] }
        var flags: [Flag] = []
        let covered = measured.pictures?.coveredRatio ?? 0
        if covered >= FlagThresholds.coveredRatio {
            flags.append(Flag(.cameraCovered, .fault, value: covered.rounded(toPlaces: 4)))
        } else {
            flags += frozen(measured)
        }
        if !measured.stalls.isEmpty {
            let longest = measured.stalls.map(\.lengthMs).max() ?? 0
            flags.append(Flag(.stalled, .warning, value: Double(longest), spans: measured.stalls))
        }
        if let fps = video.fps, fps < FlagThresholds.lowFrameRate { flags.append(Flag(.lowFrameRate, .warning, value: fps)) }
        if video.sizes.count > 1 {
            let spans = video.sizes.dropFirst().enumerated().map { index, size in
                let next = video.sizes.dropFirst(index + 2).first?.atMs ?? measured.durationMs
                return Span(fromMs: size.atMs, toMs: max(size.atMs, next))
            }
            flags.append(Flag(.sizeChanged, .warning, value: Double(video.sizes.count - 1), spans: spans))
        }
        if video.hdr { flags.append(Flag(.hdr, .warning)) }
        return flags
    }

    /// A picture that does not change, because no frames come or because all frames are the same. It is not asked for a covered camera,
    /// whose picture does not change either.
    private static func frozen(_ measured: Measurements) -> [Flag] {
        let missing = measured.stalls.filter { $0.lengthMs >= milliseconds(FlagThresholds.frozen) }
        let spans = Span.joined(missing + (measured.pictures?.still ?? []))
        guard !spans.isEmpty, measured.durationMs > 0 else { return [] }
        let ratio = Double(spans.reduce(0) { $0 + $1.lengthMs }) / Double(measured.durationMs)
        let severity: Flag.Severity = ratio >= FlagThresholds.frozenFaultRatio ? .fault : .warning
        return [Flag(.videoFrozen, severity, value: ratio.rounded(toPlaces: 4), spans: spans)]
    }

    // MARK: The sound

    private static func sound(_ measured: Measurements) -> [Flag] {
        guard let audio = measured.audio else { return [Flag(.noAudio, .fault)] }
        if let muted = measured.mutedRatio, muted >= FlagThresholds.mutedRatio {
            // Every other flag about the sound would follow from this one.
            return [Flag(.micMuted, .fault, value: muted.rounded(toPlaces: 4))]
        }
        var flags: [Flag] = []
        if let clipped = audio.clippedRatio, clipped >= FlagThresholds.clippedRatio {
            flags.append(Flag(.audioClipped, .warning, value: clipped))
        }
        if let loudness = audio.loudnessLufs {
            if loudness < FlagThresholds.quietLufs { flags.append(Flag(.audioQuiet, .warning, value: loudness)) }
            if loudness > FlagThresholds.loudLufs { flags.append(Flag(.audioLoud, .warning, value: loudness)) }
        }
        if let first = audio.firstSoundMs, first > FlagThresholds.leadingSilenceMs {
            flags.append(Flag(.leadingSilence, .warning, value: Double(first), spans: [Span(fromMs: 0, toMs: first)]))
        }
        if let last = measured.lastSoundEndMs, measured.durationMs - last > FlagThresholds.trailingSilenceMs {
            flags.append(
                Flag(
                    .trailingSilence, .warning, value: Double(measured.durationMs - last),
                    spans: [Span(fromMs: last, toMs: measured.durationMs)]))
        }
        if let speech = audio.speechRatio, speech < FlagThresholds.speechRatio {
            flags.append(Flag(.mostlySilent, .warning, value: speech))
        }
        return flags
    }

    private static func together(_ measured: Measurements) -> [Flag] {
        guard let video = measured.video, let audio = measured.audio else { return [] }
        let start = abs(video.startMs - audio.startMs)
        let end = abs(video.endMs - audio.endMs)
        guard start > FlagThresholds.startOffsetMs || end > FlagThresholds.endOffsetMs else { return [] }
        return [Flag(.avOffset, .warning, value: Double(max(start, end)))]
    }
}
