import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

/// What the kernel, PostgreSQL and a folder's name say is judged by its bytes.
@Suite(.tags(.tool)) struct HostileTextTests {
    @Test func `A process may call itself what it likes`() throws {
        var hostile = HostileText(seed: 15, own: ["(", ")", ") S 1", "postgres", " "])
        let between = Array(repeating: "0", count: 18).joined(separator: " ")
        for _ in 0..<5000 {
            let name = hostile.next(upTo: 5)
            let stat = try #require(ProcessStat(line: "4711 (\(name)) S \(between) 500 0 0"), "\(name.debugDescription)")
            #expect(stat.processID == 4711 && stat.command.utf8.elementsEqual(name.utf8) && !stat.isDead, "\(name.debugDescription)")
            _ = (ProcessStat(line: name), Postmaster(pidFile: name))
        }
    }

    @Test func `A word for the shell comes back as it was`() async throws {
        var hostile = HostileText(seed: 15, own: ["'", "'\u{301}", "\u{600}'", "$(exit 7)", "\\"])
        var words = ["'\u{301}; exit 7 #"]
        while words.count < 300 {
            let word = hostile.next(upTo: 5)
            if !word.utf8.contains(0) { words.append(word) }
        }
        let script = "printf '%s\\0' " + words.map(ServerProcess.shellQuoted).joined(separator: " ")
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script], output: .bytes(limit: 1 << 20), error: .discarded)
        #expect(result.terminationStatus.isSuccess)
        #expect(result.standardOutput == words.flatMap { Array($0.utf8) + [0] })
    }
}
