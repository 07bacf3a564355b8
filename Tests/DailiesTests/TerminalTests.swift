import Testing

@testable import Dailies

struct TerminalTests {
    @Test func `a table's columns are aligned and its last column is not padded`() {
        var table = Table(header: ["who", "what"])
        table.add(["Ada", "x"])
        table.add(["Benedikta", "line\nbreak"])
        #expect(table.rendered() == "who        what\n─────────  ──────────\nAda        x\nBenedikta  line break\n")
    }

    @Test func `a progress bar is full only when all is done`() {
        #expect(
            ProgressBar.line(label: "importing", done: 1, total: 2, note: "a.webm", width: 80)
                == "importing ████████████░░░░░░░░░░░░ 1/2 · a.webm")
        #expect(ProgressBar.line(label: "x", done: 9, total: 10, note: "", width: 80).contains("░"))
        #expect(ProgressBar.line(label: "x", done: 0, total: 0, note: "", width: 80).contains("0/0"))
        #expect(ProgressBar.line(label: "importing", done: 1, total: 2, note: "long", width: 20).count == 19)
    }

    @Test(arguments: [(14_020, "0:14"), (725_000, "12:05"), (3_725_400, "1:02:05"), (59_600, "1:00")])
    func `lengths are written as on a clock`(ms: Int, text: String) {
        #expect(Duration.clock(ms: ms) == text)
    }
}
