internal import Glibc

/// A clock that only goes forward, for deadlines. It needs no file and no thread.
public enum MonotonicClock {
    /// Milliseconds since an arbitrary moment that is the same for all processes.
    public static func nowMs() -> Int {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
