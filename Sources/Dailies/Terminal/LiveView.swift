import Glibc

/// Lines that are drawn over themselves at the end of a terminal. What stood above stays where it was, and so do the last lines drawn.
struct LiveView {
    private var height = 0

    /// - Parameter lines: drawn in place of those of before.
    mutating func draw(_ lines: [String]) {
        Terminal.out(Self.frame(lines, over: height))
        height = lines.count
    }

    /// Gives the cursor back.
    func finish() { Terminal.out("\u{1B}[?25h") }

    /// One write, so that nobody sees half of it: up to the first line, each line with what is left of the old one cleared, and everything
    /// below cleared. The cursor is hidden meanwhile.
    static func frame(_ lines: [String], over height: Int) -> String {
        let up = height > 0 ? "\u{1B}[\(height)A" : ""
        return "\u{1B}[?25l\(up)\r" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }
}
