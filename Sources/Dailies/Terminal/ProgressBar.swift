/// A progress bar. It is drawn only on a terminal, so that logs hold results only.
struct ProgressBar {
    private let label: String
    private let isDrawn: Bool
    private var shown = ""

    init(label: String, isDrawn: Bool = Terminal.isInteractive) {
        self.label = label
        self.isDrawn = isDrawn
    }

    /// - Parameter note: a few words after the numbers, such as the present file.
    mutating func show(_ done: Int, of total: Int, note: String = "") {
        guard isDrawn else { return }
        let line = Self.line(label: label, done: done, total: total, note: note, width: Terminal.width)
        guard line != shown else { return }
        shown = line
        Terminal.draw("\r\u{1B}[2K\(line)")
    }

    /// Ends the line, so that later output begins below it.
    mutating func finish() {
        guard isDrawn, !shown.isEmpty else { return }
        Terminal.err("\n")
        shown = ""
    }

    /// The line as it is drawn, never longer than `width - 1`.
    static func line(label: String, done: Int, total: Int, note: String, width: Int) -> String {
        let total = max(total, 0)
        let done = min(max(done, 0), total)
        let cells = 24
        let filled = total == 0 ? cells : done * cells / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
        let line = "\(label) \(bar) \(done)/\(total)\(note.isEmpty ? "" : " · \(Cell(note).text)")"
        return String(line.prefix(max(width - 1, 1)))
    }
}
