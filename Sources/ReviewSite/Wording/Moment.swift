internal import FoundationEssentials
internal import Glibc

/// A moment of the day, as pages write it: the server's time zone is nobody's, so it is UTC and says so.
enum Moment {
    /// By the C library: Foundation makes itself a calendar for each.
    static func inWords(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
    }
}
