internal import FFmpeg
internal import Recordings

/// Turns the container's timestamps into milliseconds of the answer.
struct RecordingClock {
    /// The earliest timestamp of any used stream, and the latest end of a packet.
    let start: Microseconds
    let end: Microseconds

    var durationMs: Int { milliseconds(end - start) }

    func ms(_ time: Microseconds) -> Int {
        max(0, milliseconds(time - start))
    }

    func span(_ from: Microseconds, _ to: Microseconds) -> Span {
        Span(fromMs: ms(from), toMs: ms(to))
    }
}
