import Foundation

/// The times of one run: wall time on the clock that all processes share, and this process's own CPU time.
struct Clock {
    let began = Clock.now
    private let cpu = Clock.read(CLOCK_PROCESS_CPUTIME_ID)

    /// Nanoseconds of the monotonic clock.
    static var now: Int64 { read(CLOCK_MONOTONIC) }

    /// Prints the run's line, with the CPU seconds since it began.
    func report(_ values: [String: Any]) {
        var values = values
        values["cpu_s"] = Double(Clock.read(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e9
        let data = (try? JSONSerialization.data(withJSONObject: values)) ?? Data("{}".utf8)
        QueuePeer.say(String(decoding: data, as: UTF8.self))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
