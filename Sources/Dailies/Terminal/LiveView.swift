import Glibc

/// Lines at the end of a terminal that are redrawn in place. The text above and the last lines drawn stay on the screen.
struct LiveView {
    private var height = 0

    /// - Parameter lines: replace the lines drawn before.
    mutating func draw(_ lines: [String]) {
        Terminal.out(Self.frame(lines, over: height))
        height = lines.count
    }

    /// Shows the cursor again.
    func finish() { Terminal.out("\u{1B}[?25h") }

    /// Makes one write of everything, so that no half-drawn view is seen. It moves to the first line, writes each line, and clears the rest of
    /// the old lines and everything below. The cursor is hidden meanwhile.
    static func frame(_ lines: [String], over height: Int) -> String {
        let up = height > 0 ? "\u{1B}[\(height)A" : ""
        return "\u{1B}[?25l\(up)\r" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }
}
