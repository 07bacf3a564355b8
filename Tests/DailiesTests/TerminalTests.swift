import Testing

@testable import Dailies

struct TerminalTests {
    @Test func `a table's columns are aligned and its last column is not padded`() {
        var table = Table(header: ["who", "what"])
        table.add(["Ada", "x"])
        table.add(["Benedikta", "line\nbreak"])
        #expect(table.rendered() == "who        what\n─────────  ──────────\nAda        x\nBenedikta  line break\n")
    }

    @Test func `a table that is too wide narrows its widest columns and goes on below`() {
        var table = Table(header: ["who", "question", "what to know"])
        table.add(["Ada", "3 batch-and-layer-normalisation", "The picture freezes. There is no sound."])
        let expected = """
            who  question             what to know
            ───  ───────────────────  ────────────────────
            Ada  3 batch-and-layer-   The picture freezes.
                 normalisation        There is no sound.

            """
        #expect(table.rendered(width: 46) == expected)
        #expect(table.rendered().split(separator: "\n").count == 3)
        #expect(table.rendered(width: 1).contains("normalisation"))
    }

    @Test func `what a candidate calls themselves cannot steer the terminal`() {
        #expect(Cell("Ada\u{1B}[2J\u{7}\u{202E}\u{9B}x").text == "Ada [2J   x")
        #expect(Cell("Nguyễn Thị Linh").width == 15)
        #expect(Cell("田中 花子").width == 9)
        #expect(Cell("e\u{301}👩‍👩‍👧").width == 3)
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
