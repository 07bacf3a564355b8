import Foundation
import SystemPackage
import TestSupport

/// A command of `dailies` that some text of the project tells people to run, or names.
///
/// These places hold commands:
/// - a line of a fenced block in Markdown, of a shell script, or of an indented example in a comment or a help text, that begins with
///   `dailies`, or with variables and then `dailies` (so prose is never broken just before that word);
/// - a span in backquotes, or in `<code>`, that begins so;
/// - what follows a colon in a message: `…, made by: dailies token add`;
/// - `ExecStart=` of a unit, and the arguments of a container: `command: […]`, `args: […]`, `CMD […]`.
struct TextCommand: Hashable {
    enum Manner: String, CaseIterable {
        case line, span, message, unit, container
    }

    /// Below the project's folder.
    var file: String
    /// From 1.
    var line: Int
    /// From `dailies` on, as it is written.
    var text: String
    var manner: Manner

    /// What is named within a sentence may be a command without its arguments; what stands alone is meant to be run.
    var isPartOfSentence: Bool { manner == .span || manner == .message }

    /// All commands in the project's texts. Its tests are left out: they say what must be refused, too.
    static func all() throws -> [TextCommand] {
        try TextFile.all(in: ["README.md", ".ci", ".github", "deploy", "Scripts", "Sources"]).flatMap { find(in: $0.text, of: $0.path) }
    }

    static func find(in text: String, of file: String) -> [TextCommand] {
        var found: [TextCommand] = []
        guard text.contains(/dailies/) || file.hasPrefix("deploy/") else { return [] }
        var isFenced = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            func add(_ text: some StringProtocol, _ manner: Manner) {
                found.append(TextCommand(file: file, line: index + 1, text: String(text), manner: manner))
            }
            if file.hasSuffix(".md"), line.prefixMatch(of: /\s*```/) != nil { isFenced.toggle() }
            if file.hasPrefix("deploy/"), let match = line.prefixMatch(of: /\s*(?:command|args|CMD):? ?\[(.*)\]/) {
                add("dailies " + match.1.replacing(/[",]/, with: ""), .container)
            }
            guard line.contains(/dailies( |$)/) else { continue }
            if let match = line.prefixMatch(of: /\s*(?:(?:\/\/+|--|#+|\*|\$) *)?(?:[A-Z][A-Z0-9_]*=\S+ )*(dailies .*)/) {
                // Behind two spaces, an example says what it does.
                add(match.1.prefix(upTo: match.1.firstRange(of: "  ")?.lowerBound ?? match.1.endIndex), .line)
            } else if let match = line.prefixMatch(of: /Exec\w+=\S*\/(dailies .*)/) {
                add(match.1, .unit)
            } else if !isFenced {
                let next = index + 1 < lines.count ? lines[index + 1].replacing(/^\s*(?:\/\/+|--|#+|\*)? */, with: " ") : ""
                // A span may go on in the next line, and belongs to the one in which it begins.
                let first = line.replacing(/\s?\\$/, with: "")
                for match in (first + next).matches(of: /`(?:[A-Z][A-Z0-9_]*=[^\s`]+ )*(dailies [^`]+)`/)
                where match.range.lowerBound.utf16Offset(in: first + next) < first.utf16.count {
                    add(match.1, .span)
                }
                for match in line.matches(of: /<code>(dailies [^<]+)<\/code>/) { add(match.1, .span) }
                // "…: dailies was told to stop" is a sentence.
                for match in line.matches(of: /: (dailies (?!was |is )[a-z]+[^"`]*)/) { add(match.1, .message) }
            }
        }
        return found
    }

    /// What the words stand for, as lists of arguments that a shell would hand to the program:
    /// - `[--x FILE]` is there, or is not: both are tried; of `a|b` each is tried;
    /// - `ID` and `NUMBER` are a number, `HOST:PORT` an address, and other words in capitals, values that a string puts in and a shell's
    ///   variables stay as they are, because any text serves in their place;
    /// - `…` stands for more of the same, `"…"` for a text;
    /// - a comment, a redirection, a pipe and what follows are the shell's.
    var readings: [[String]] {
        var texts = [text.replacing(/\\\([^()]*(?:\([^()]*\)[^()]*)*\)/, with: "VALUE").replacing(/\\(["|])/) { $0.1 }]
        while let index = texts.firstIndex(where: { $0.contains(/\[[^\[\]]*\]/) }) {
            let optional = texts.remove(at: index)
            texts.append(optional.replacing(/\[([^\[\]]*)\]/, maxReplacements: 1) { $0.1 })
            texts.append(optional.replacing(/\[[^\[\]]*\]/, with: "", maxReplacements: 1))
        }
        return texts.flatMap { text in
            Self.words(of: text.replacing(/\s(?:#|[0-9&]?[<>|;&]).*$/, with: "")).dropFirst().reduce(into: [[]]) { readings, word in
                let choices = word.contains(" ") ? [word] : word.split(separator: "|").map(String.init)
                readings = readings.flatMap { reading in choices.map { reading + Self.value($0) } }
            }
        }
    }

    private static func words(of text: String) -> [String] {
        text.matches(of: /(?:"[^"]*"|'[^']*'|[^\s"'])+/).map {
            $0.output == "\"…\"" ? "text" : String($0.output.replacing(/["']/, with: ""))
        }
    }

    private static func value(_ word: String) -> [String] {
        switch word {
        case "…", "...": []
        case "ID", "NUMBER": ["1"]
        case "HOST:PORT": ["127.0.0.1:9464"]
        default: [word.count > 1 && word.hasSuffix("…") ? String(word.dropLast()) : word]
        }
    }
}

/// A text of the project.
struct TextFile {
    /// Below the project's folder.
    var path: String
    var text: String

    /// - Parameter places: files and folders below the project's folder; those that are missing are left out.
    static func all(in places: [String]) throws -> [TextFile] {
        try places.flatMap(paths).compactMap { path in
            guard let bytes = FileManager.default.contents(atPath: Fixtures.project.appending(path).string), bytes.count < 1 << 20,
                let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            return TextFile(path: path, text: text)
        }
    }

    /// The files of a folder, or the file itself, below the project's folder; none where nothing is there.
    static func paths(in place: String) throws -> [String] {
        let path = Fixtures.project.appending(place).string
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [place] }
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { !$0.contains("__pycache__") }.map { "\(place)/\($0)" }
            .sorted()
    }
}
