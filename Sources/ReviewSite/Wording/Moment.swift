internal import FoundationEssentials

/// A moment of the day, as pages write it: the server's time zone is nobody's, so it is UTC and says so.
enum Moment {
    static func inWords(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(includingFractionalSeconds: false)
        return "\(date.formatted(style).prefix(16)) UTC"
    }
}
