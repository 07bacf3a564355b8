import ArgumentParser
import Testing

@testable import Dailies

/// Every command that a text of the project tells people to run is read by the product's own parser.
struct CommandsInTextsTests {
    @Test func `the parser takes every command that a text of the project names`() throws {
        let commands = try TextCommand.all()
        // The parser looks through all commands' declarations each time, which in a debug build takes longest of all this.
        var known: [[String]: String?] = [:]
        for command in commands {
            for words in command.readings where !(command.isPartOfSentence && Self.isName(words)) {
                let answer = known[words] ?? Self.refusal(of: words, named: false)
                known[words] = .some(answer)
                guard let refusal = answer else { continue }
                Issue.record("\(command.file):\(command.line): `\(command.text)` is refused: \(refusal)")
            }
        }
        // Not fewer than there were when this was written: a text that is no longer looked into would pass.
        #expect(commands.count > 150)
        for manner in TextCommand.Manner.allCases { #expect(commands.contains { $0.manner == manner }, "\(manner)") }
        for place in [
            "README.md", "deploy/runbook.md", "deploy/systemd/", "deploy/docker/", "deploy/kubernetes/", ".md", ".sql", ".json",
            ".mustache",
        ] {
            #expect(commands.contains { $0.file.hasPrefix(place) || $0.file.hasSuffix(place) }, "\(place)")
        }
    }

    @Test(arguments: [
        // The runbook once said the first, and the site the second.
        "dailies jobs retry --reason TEXT", "dailies token add --scope write", "dailies jobs list --state lost", "dailies job show ID",
        "dailies jobs show FILE", "dailies inspect --out DIR", "dailies queue pause --kinds inspect_response",
    ])
    func `a command that the parser refuses is found in every kind of text`(_ text: String) {
        let texts = [
            ("a.md", "First `\(text)`, then wait."), ("a.md", "```sh\n\(text)   # says why\n```"), ("a.sql", "-- \(text)      says why"),
            ("a.swift", #"Failure("Try it: \#(text)", .noInput)"#), ("a.mustache", "<p><code>\(text)</code></p>"),
            ("a.service", "ExecStart=/usr/bin/\(text)"), ("a.json", #"{"description": "`\#(text)` does it."}"#),
            ("a.swift", "/// Broken after the first word: `dailies\n/// \(text.dropFirst("dailies ".count))` is read whole."),
        ]
        for (file, content) in texts {
            let found = TextCommand.find(in: content, of: file)
            #expect(found.count == 1, "\(content)")
            #expect(found.allSatisfy { Self.refusal(of: $0.readings[0], named: $0.isPartOfSentence) != nil }, "\(content)")
        }
    }

    @Test func `within a sentence a command's name is enough, and alone in a line it is not`() {
        for (text, isRefused) in [
            ("Try `dailies jobs show`.", false), ("```\ndailies jobs show\n```", true), ("Try `dailies jobs shown`.", true),
        ] {
            let found = TextCommand.find(in: text, of: "a.md")
            #expect(found.map { Self.refusal(of: $0.readings[0], named: $0.isPartOfSentence) != nil } == [isRefused], "\(text)")
        }
    }

    @Test func `placeholders are read as they are meant`() {
        func readings(_ text: String) -> [[String]] { TextCommand(file: "", line: 1, text: text, manner: .line).readings }
        #expect(readings("dailies jobs show ID") == [["jobs", "show", "1"]])
        #expect(readings(#"dailies reviewer add\|list"#) == [["reviewer", "add"], ["reviewer", "list"]])
        #expect(readings("dailies up [--once]") == [["up", "--once"], ["up"]])
        #expect(readings(#"dailies jobs retry --all --reason "…" # all"#) == [["jobs", "retry", "--all", "--reason", "text"]])
        #expect(readings(#"dailies reviewer assign \(link(of: 1).email) ROLE"#) == [["reviewer", "assign", "VALUE", "ROLE"]])
        #expect(readings(#"dailies up --config "$settings" >"$log" 2>&1 &"#) == [["up", "--config", "$settings"]])
        #expect(readings("dailies jobs …") == [["jobs"]])
    }

    /// What the parser says against these arguments; `nil` when it takes them.
    /// - Parameter named: whether a command's name alone is enough, without the arguments that it needs.
    private static func refusal(of words: [String], named: Bool) -> String? {
        if named, isName(words) { return nil }
        do {
            _ = try Dailies.parseAsRoot(words)
            return nil
        } catch {
            // Asking for help or for the version ends by an error too.
            return Dailies.exitCode(for: error) == .success ? nil : Dailies.message(for: error)
        }
    }

    private static func isName(_ words: [String]) -> Bool {
        var command: any ParsableCommand.Type = Dailies.self
        for word in words {
            guard let next = command.configuration.subcommands.first(where: { name($0) == word }) else { return false }
            command = next
        }
        return true
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }
}
