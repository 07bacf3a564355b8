internal import FFmpeg

/// Whole milliseconds, to the nearest.
func milliseconds(_ time: Microseconds) -> Int {
    Int((time + (time < 0 ? -500 : 500)) / 1000)
}
