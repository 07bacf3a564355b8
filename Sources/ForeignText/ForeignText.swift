/// Text from outside the program (a key, a path, a header, an address, a field, a file's line), taken apart by its bytes.
///
/// Swift compares and cuts text by `Character`, and a `Character` may be several code points: a `/` and a combining accent behind it are one,
/// a prepending mark (U+0600) and the `/` behind it are one, CR and LF are one, and none of them equals `/` or LF. The kernel, PostgreSQL,
/// browsers and other programs go by bytes. Whoever writes the text could make this program see other parts than they see. So text from
/// outside is read by these members only; `Scripts/check characters` refuses Swift's own in the other files.
///
/// What is searched for is written as text (`","`), and its bytes count. Parts share the storage of the text. Inlinable, because otherwise each
/// call asks at run time which kind of text it has, which makes reading a key six times slower.
extension StringProtocol where SubSequence == Substring {
    /// Whether its first bytes are these.
    @inlinable public func begins(with beginning: String) -> Bool { utf8.starts(with: beginning.utf8) }

    /// Whether its last bytes are these.
    @inlinable public func ends(with ending: String) -> Bool { rest(before: ending) != nil }

    /// Whether these bytes are somewhere in it.
    @inlinable public func holds(_ part: String) -> Bool { Substring(self).place(of: part) != nil }

    /// Whether it holds the byte zero, which ends a text of C and which PostgreSQL cannot store.
    @inlinable public var holdsNUL: Bool { utf8.contains(0) }

    /// What follows this beginning; `nil` when it begins with something else.
    @inlinable public func rest(after beginning: String) -> Substring? {
        begins(with: beginning) ? self[utf8.index(startIndex, offsetBy: beginning.utf8.count)...] : nil
    }

    /// What stands before this ending; `nil` when it ends with something else.
    @inlinable public func rest(before ending: String) -> Substring? {
        let text = Substring(self)
        guard let from = text.utf8.index(text.endIndex, offsetBy: -ending.utf8.count, limitedBy: text.startIndex),
            text.utf8[from...].elementsEqual(ending.utf8)
        else { return nil }
        return text[..<from]
    }

    /// What is before and after the first of these; `nil` when there is none.
    @inlinable public func cut(at separator: String) -> (before: Substring, after: Substring)? {
        let text = Substring(self)
        return text.place(of: separator).map { (text[..<$0.lowerBound], text[$0.upperBound...]) }
    }

    /// What is before and after the last of these; `nil` when there is none.
    @inlinable public func cut(atLast separator: String) -> (before: Substring, after: Substring)? {
        let text = Substring(self)
        var found: Range<String.Index>?
        while let next = text[(found?.upperBound ?? text.startIndex)...].place(of: separator) { found = next }
        return found.map { (text[..<$0.lowerBound], text[$0.upperBound...]) }
    }

    /// The parts between separators.
    /// - Parameter keepingEmpty: whether a part without any byte is one, too.
    @inlinable public func parts(at separator: String, keepingEmpty: Bool = false) -> [Substring] {
        // Nearly always, and several times faster.
        if separator.utf8.count == 1, let byte = separator.utf8.first {
            return utf8.split(separator: byte, omittingEmptySubsequences: !keepingEmpty).map { self[$0.startIndex..<$0.endIndex] }
        }
        var parts: [Substring] = []
        var rest = Substring(self)
        while let (part, behind) = rest.cut(at: separator) {
            parts.append(part)
            rest = behind
        }
        parts.append(rest)
        return keepingEmpty ? parts : parts.filter { !$0.utf8.isEmpty }
    }

    /// The lines, without their ends (LF, CR, or both) and without the empty ones.
    @inlinable public var lines: [Substring] {
        utf8.split { $0 == Blank.lineFeed || $0 == Blank.carriageReturn }.map { self[$0.startIndex..<$0.endIndex] }
    }

    /// The words between ASCII's blanks: space, tab and the ends of lines.
    @inlinable public var words: [Substring] { utf8.split(whereSeparator: Blank.is).map { self[$0.startIndex..<$0.endIndex] } }

    /// All of it but the blanks at its beginning and its end.
    @inlinable public var trimmed: Substring {
        guard let from = utf8.firstIndex(where: { !Blank.is($0) }) else { return self[endIndex...] }
        var rest = self[from...]
        while let last = rest.utf8.last, Blank.is(last) { rest = rest[..<rest.utf8.index(before: rest.endIndex)] }
        return rest
    }

    /// All of it but its blanks.
    @inlinable public var withoutBlanks: String { String(decoding: utf8.filter { !Blank.is($0) }, as: UTF8.self) }

    /// With `A` to `Z` in lower case, and everything else as it is.
    @inlinable public var inLowerCase: String { String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self) }

    /// With `a` to `z` in upper case, and everything else as it is.
    @inlinable public var inUpperCase: String { String(decoding: utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self) }

    /// Whether each byte is a visible character of ASCII or a space. Each `Character` of such a text is one byte.
    @inlinable public var isPlain: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// The match of the whole text with a pattern; `nil` for text that is not plain, too: in plain text a pattern's characters are bytes, and
    /// its digits are `0` to `9`.
    @inlinable public func plainMatch<Pattern: RegexComponent>(of pattern: Pattern) -> Regex<Pattern.RegexOutput>.Match? {
        isPlain ? Substring(self).wholeMatch(of: pattern) : nil
    }

    /// With other bytes in place of these, wherever they are. Needed to quote: a quotation mark counts, whatever stands beside it.
    @inlinable public func with(_ new: String, for old: String) -> String { parts(at: old, keepingEmpty: true).joined(separator: new) }
}

extension Substring {
    /// The first place of these bytes.
    @inlinable func place(of part: String) -> Range<Index>? {
        guard let first = part.utf8.first else { return nil }
        var rest = utf8
        while let from = rest.firstIndex(of: first) {
            rest = rest[from...]
            if rest.starts(with: part.utf8) { return from..<rest.index(from, offsetBy: part.utf8.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

/// The blanks of ASCII. Other writing systems' spaces are content.
@usableFromInline enum Blank {
    @inlinable static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    @inlinable static var carriageReturn: UInt8 { UInt8(ascii: "\r") }

    @inlinable static func `is`(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == lineFeed || byte == carriageReturn
    }
}
