/// Durations as people write them.
extension Duration {
    /// `48 s`, `12 min`, `3 h`.
    var inWords: String {
        let seconds = Int(self / .seconds(1))
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }

    /// `0:14`, `12:05`, `1:02:05`: the length of a recording.
    static func clock(ms: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = (ms + 500) / 1000
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }
}
