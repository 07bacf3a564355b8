/// The text of a table's cell, without control characters, and its width on a terminal. Submitted text must not move the cursor, ring the
/// bell or change the writing direction.
struct Cell: Equatable {
    let text: String

    init(_ text: String) {
        var harmless = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            harmless.append(Self.steers(scalar) || scalar.properties.isWhitespace ? " " : scalar)
        }
        self.text = String(harmless)
    }

    /// The width in columns. East Asian characters and emoji take two.
    var width: Int { text.reduce(0) { $0 + (Self.isWide($1) ? 2 : 1) } }

    var longestWord: Int { words.map(\.trimmed.width).max() ?? 0 }

    /// The text in lines of at most `width` columns, broken after spaces and hyphens. A longer word gets its own line.
    func lines(within width: Int) -> [Cell] {
        guard self.width > width else { return [self] }
        var lines: [String] = []
        for word in words {
            if let last = lines.last, Cell(last + word.text).trimmed.width <= width {
                lines[lines.count - 1] += word.text
            } else {
                lines.append(word.text)
            }
        }
        return lines.map { Cell($0).trimmed }
    }

    /// The parts that a line break keeps whole, each with the space or hyphen behind it.
    private var words: [Cell] {
        var words = [""]
        for character in text {
            words[words.count - 1].append(character)
            if character == " " || character == "-" { words.append("") }
        }
        return words.filter { !$0.isEmpty }.map { Cell($0) }
    }

    var trimmed: Cell {
        var text = text
        while text.hasSuffix(" ") { text.removeLast() }
        return Cell(text)
    }

    /// Whether a terminal does something else with it than show it.
    static func steers(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || steersDirection(scalar)
    }

    /// The marks that embed, override and isolate a direction of writing.
    private static func steersDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    /// After the wide and full-width blocks of Unicode's East Asian Width (UAX 11).
    private static func isWide(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first?.value, scalar >= 0x1100 else { return false }
        return switch scalar {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
