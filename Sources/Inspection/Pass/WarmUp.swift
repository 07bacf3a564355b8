internal import FFmpeg
internal import Recordings

/// Uses everything once that initialises itself on first use.
enum WarmUp {
    static func run() {
        FFmpegLibraries.warmUp()
        // An error here is ignored: the first recording would report it.
        if let picture = try? Picture(width: 64, height: 64) {
            _ = try? picture.turned(Orientation(rotation: 90, isMirrored: true))
            _ = try? JPEGEncoder.encode(picture)
        }
        let report = Report(
            outcome: .unusable, reason: UnusableReason(.empty), container: Container(format: "webm"),
            flags: [Flag(.truncated, .fault, value: 0.5, spans: [Span(fromMs: 0, toMs: 1)])], timingsMs: ["open": 0.5])
        _ = try? report.json()
        _ = LoudnessMeter(channels: 1, sampleRate: 48_000)
    }
}
