import Reviews
import TestSupport
import Testing

@testable import Dailies

/// A manifest's rows and fields are those that its bytes say.
struct CSVRowsTests {
    private func fields(_ text: String) throws -> [[String]] { try CSVRows(text).rows.map(\.fields) }

    @Test func `A comma, a quotation mark and a line's end count, whatever stands beside them`() throws {
        #expect(try fields("a,\u{301}b\n\u{600},c\n") == [["a", "\u{301}b"], ["\u{600}", "c"]])
        #expect(try fields("a\n\u{301}b,c") == [["a"], ["\u{301}b", "c"]])
        #expect(throws: CSVRows.Malformed(line: 1)) { try CSVRows("\"a\"\u{301},b") }
    }

    @Test func `Lines end with LF, CR LF or CR, and empty ones are left out`() throws {
        let rows = try CSVRows("a,b\r\n\r\n\"c\r\nd\", \"e\" ,f\rg\n\n").rows
        #expect(
            rows == [.init(line: 1, fields: ["a", "b"]), .init(line: 3, fields: ["c\r\nd", "e", "f"]), .init(line: 5, fields: ["g"])])
    }

    @Test func `Quotation marks are doubled inside, and must end`() throws {
        #expect(try fields("\"say \"\"yes\"\"\",\"\",x\n") == [["say \"yes\"", "", "x"]])
        #expect(throws: CSVRows.Malformed(line: 2)) { try CSVRows("a\n\"b\nc") }
        #expect(throws: CSVRows.Malformed(line: 1)) { try CSVRows("a\"b") }
        #expect(throws: CSVRows.Malformed(line: 1)) { try CSVRows("\"a\"b") }
    }

    @Test func `What the results' table writes comes back, and hostile text ends nothing`() throws {
        var hostile = HostileText(seed: 15, own: [",", "\"", "\"\"", "\r\n", "\n", "x"])
        for _ in 0..<5000 {
            _ = try? CSVRows(hostile.next(upTo: 20))
            // A cell that looks like a formula gets an apostrophe; blanks around a field do not count.
            let cells = (0..<3).map { _ in "x" + hostile.next(upTo: 6) + "x" }
            let table = CSVTable(header: ["a", "b", "c"], rows: [cells])
            let rows = try CSVRows(table.text).rows
            #expect(rows.map(\.fields.count) == [3, 3], "\(cells.map(\.debugDescription))")
            #expect(rows.last?.fields.map { Array($0.utf8) } == cells.map { Array($0.utf8) }, "\(cells.map(\.debugDescription))")
        }
    }
}
