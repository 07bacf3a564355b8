import ForeignText
import TestSupport
import Testing

/// Text from outside has the parts that its bytes have.
struct ForeignTextTests {
    @Test func `A separator counts, whatever stands beside it`() {
        #expect("a,\u{301}b".parts(at: ",").map { Array($0.utf8) } == [Array("a".utf8), Array("\u{301}b".utf8)])
        #expect("\u{600},b".parts(at: ",") == ["\u{600}", "b"])
        #expect("/\u{301}x".begins(with: "/") && "x\u{600}/".ends(with: "/") && "a=\u{301}".holds("="))
        #expect("x\r\ny\r\n".lines == ["x", "y"])
        #expect("'\u{301}".with("''", for: "'").utf8.elementsEqual("''\u{301}".utf8))
    }

    @Test func `Only the letters of ASCII change their case, and only its digits match`() {
        #expect("Content-İK\u{212A}".inLowerCase.utf8.elementsEqual("content-İk\u{212A}".utf8))
        #expect("٣".plainMatch(of: /\d/) == nil && "\u{212A}".plainMatch(of: /[A-Z]/) == nil && "7\r\n".plainMatch(of: /7\s/) == nil)
        #expect("7".plainMatch(of: /\d/) != nil)
    }

    @Test func `Generated text has the parts that its bytes have, and comes back from them`() {
        var hostile = HostileText(seed: 15, own: [",", "/", "\r\n", "a"])
        for _ in 0..<2000 {
            let text = hostile.next(upTo: 8)
            let (bytes, note) = (Array(text.utf8), Comment(rawValue: text.debugDescription))
            for separator in [",", "/", "\r\n", "a"] {
                let parts = text.parts(at: separator, keepingEmpty: true)
                #expect(parts.joined(separator: separator).utf8.elementsEqual(bytes), note)
                #expect(parts.allSatisfy { !$0.holds(separator) }, note)
                #expect(text.parts(at: separator).map { Array($0.utf8) } == parts.map { Array($0.utf8) }.filter { !$0.isEmpty }, note)
                #expect(text.holds(separator) == (parts.count > 1), note)
                #expect(text.begins(with: separator) == bytes.starts(with: separator.utf8), note)
                #expect(text.ends(with: separator) == bytes.reversed().starts(with: separator.utf8.reversed()), note)
                #expect(text.rest(after: separator)?.utf8.elementsEqual(bytes.dropFirst(separator.utf8.count)) ?? true, note)
                #expect(text.rest(before: separator)?.utf8.elementsEqual(bytes.dropLast(separator.utf8.count)) ?? true, note)
                if let (before, after) = text.cut(at: separator) {
                    #expect("\(before)\(separator)\(after)".utf8.elementsEqual(bytes) && !before.holds(separator), note)
                }
                if let (before, after) = text.cut(atLast: separator) {
                    #expect("\(before)\(separator)\(after)".utf8.elementsEqual(bytes) && !after.holds(separator), note)
                }
                #expect(text.with("", for: separator).utf8.elementsEqual(parts.flatMap(\.utf8)), note)
            }
            let blanks = Set(" \t\r\n".utf8)
            #expect(text.withoutBlanks.utf8.elementsEqual(bytes.filter { !blanks.contains($0) }), note)
            #expect(text.words.map { Array($0.utf8) } == bytes.split(whereSeparator: blanks.contains).map(Array.init), note)
            #expect(text.trimmed.utf8.first.map(blanks.contains) != true && text.trimmed.utf8.last.map(blanks.contains) != true, note)
            #expect(text.trimmed.withoutBlanks == text.withoutBlanks, note)
            #expect(text.inLowerCase.utf8.count == bytes.count && text.inUpperCase.inLowerCase == text.inLowerCase, note)
            #expect(text.isPlain == bytes.allSatisfy { $0 >= 32 && $0 < 127 } && text.holdsNUL == bytes.contains(0), note)
        }
    }
}
