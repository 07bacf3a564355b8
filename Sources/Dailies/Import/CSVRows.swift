/// The rows of a CSV file (RFC 4180), read by its bytes.
///
/// A line ends with CR LF, LF or CR. A field in quotation marks may hold commas, lines' ends and doubled quotation marks. Blanks around the
/// quotation marks do not count.
struct CSVRows: Sendable {
    struct Row: Hashable, Sendable {
        /// The line at which it begins, counted from 1.
        var line: Int
        var fields: [String]
    }

    /// A quotation mark that does not end, or has something beside it.
    struct Malformed: Error, Hashable {
        /// The line at which the row begins.
        var line: Int
    }

    private enum Place {
        /// Before a field, or after blanks there.
        case beginning
        case plain
        case quoted
        /// After a quotation mark in a field that began with one: its end, or the first of two.
        case afterQuote
    }

    private(set) var rows: [Row] = []
    private var row = Row(line: 1, fields: [])
    private var field: [UInt8] = []
    private var place = Place.beginning

    /// The file's rows with its header; empty lines are left out.
    init(_ text: String) throws(Malformed) {
        var line = 1
        var last: UInt8?
        for byte in text.utf8 {
            let isSecondOfTwo = byte == UInt8(ascii: "\n") && last == UInt8(ascii: "\r")
            let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            last = byte
            if endsLine, !isSecondOfTwo { line += 1 }
            if !endsLine || place == .quoted {
                try take(byte)
            } else if !isSecondOfTwo {
                endRow(next: line)
            }
        }
        guard place != .quoted else { throw Malformed(line: row.line) }
        endRow(next: line)
    }

    private mutating func take(_ byte: UInt8) throws(Malformed) {
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        switch (place, byte) {
        case (.quoted, UInt8(ascii: "\"")): place = .afterQuote
        case (.quoted, _): field.append(byte)
        case (.afterQuote, UInt8(ascii: "\"")):
            field.append(byte)
            place = .quoted
        case (_, UInt8(ascii: ",")): endField()
        case (.beginning, UInt8(ascii: "\"")): place = .quoted
        case (.beginning, _) where isBlank, (.afterQuote, _) where isBlank: break
        case (.afterQuote, _), (.plain, UInt8(ascii: "\"")): throw Malformed(line: row.line)
        case (.beginning, _), (.plain, _):
            field.append(byte)
            place = .plain
        }
    }

    private mutating func endField() {
        row.fields.append(String(decoding: field, as: UTF8.self))
        (field, place) = ([], .beginning)
    }

    private mutating func endRow(next line: Int) {
        endField()
        if row.fields.contains(where: { !$0.isEmpty }) { rows.append(row) }
        row = Row(line: line, fields: [])
    }
}
