internal import FoundationEssentials
internal import Glibc

/// Dates as pages write them: in UTC, because the server's time zone tells readers nothing.
enum DateText {
    /// Uses the C library, because Foundation would create a calendar each time.
    static func inWords(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
    }
}
