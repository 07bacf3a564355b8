import ForeignText

/// Durations in milliseconds as the site writes them.
enum DurationText {
    /// `1:05`, and from an hour on `1:00:00`.
    static func clock(_ milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1000
        let rest = padded(seconds % 60)
        return seconds < 3600 ? "\(seconds / 60):\(rest)" : "\(seconds / 3600):\(padded(seconds / 60 % 60)):\(rest)"
    }

    /// `0:07.2`: a moment, as in comments.
    static func moment(_ milliseconds: Int) -> String {
        "\(clock(milliseconds)).\(max(0, milliseconds) % 1000 / 100)"
    }

    /// `25 minutes`, `2 h 10 min`: the time that a review takes; at least a minute.
    static func sitting(_ milliseconds: Int) -> String {
        let minutes = max(1, (milliseconds + 59_999) / 60_000)
        if minutes < 90 { return Count.of(minutes, "minute") }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// `12 s`, `25 min`, `2 h 10 min`: the time that has passed.
    static func elapsed(_ milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1000
        if seconds < 120 { return "\(seconds) s" }
        let minutes = seconds / 60
        if minutes < 90 { return "\(minutes) min" }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// Reads what a person typed: `7`, `0:07.2`, `1:02:03`. Milliseconds; `nil` for anything else.
    static func milliseconds(_ text: String) -> Int? {
        let parts = text.parts(at: ":", keepingEmpty: true)
        guard (1...3).contains(parts.count), let last = parts.last, let seconds = Double(last), seconds >= 0, seconds < 100_000 else {
            return nil
        }
        var whole = 0
        for part in parts.dropLast() {
            guard let number = Int(part), (0..<1000).contains(number) else { return nil }
            whole = (whole + number) * 60
        }
        return whole * 1000 + Int((seconds * 1000).rounded())
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A number and what it counts.
enum Count {
    /// `1 answer`, `2 answers`.
    static func of(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
