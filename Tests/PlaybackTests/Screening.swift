import Foundation
import Recordings
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Every recording that ships with the project, inspected by the real program, its playback copy shown to a browser.
///
/// Starting a browser takes longer than all files do in it, so there is one screening for all tests.
enum Screening {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static let recordings: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.recordings.string)) ?? []
        return files.filter { !$0.hasPrefix(".") }.sorted()
    }()

    /// Inspects one recording and lends its report and its playback copy.
    static func withPlaybackCopy<Result>(
        of recording: String, _ body: (_ copy: FilePath, _ report: Report) async throws -> Result
    ) async throws -> Result {
        try await TemporaryFolder.with { folder in
            let report = try await inspect(recording, into: folder)
            let file = try #require(report.artifacts.playback?.file.file, "\(recording): there is no playback copy")
            return try await body(folder.appending(file), report)
        }
    }

    /// What the browser made of one recording's playback copy.
    static func facts(of recording: String) async throws -> (ScreenedFile.Facts, Report) {
        let (seen, report) = try #require(try await all.value[recording], "\(recording): there is no playback copy")
        guard let facts = seen.facts else { throw Failure(description: "\(recording): the browser waited for: \(seen.failure ?? "-")") }
        return (facts, report)
    }

    private static let all = Task {
        try await TemporaryFolder.with { folder in
            var copies: [(recording: String, copy: FilePath, report: Report)] = []
            for recording in recordings {
                let own = folder.appending(recording)
                let report = try await inspect(recording, into: own)
                guard let file = report.artifacts.playback?.file.file else { continue }
                copies.append((recording, own.appending(file), report))
            }
            let seen = try await ScreenedFile.all(copies.map(\.copy))
            return try copies.reduce(into: [String: (ScreenedFile, Report)]()) { result, entry in
                result[entry.recording] = (try #require(seen[entry.copy]), entry.report)
            }
        }
    }

    private static func inspect(_ recording: String, into folder: FilePath) async throws -> Report {
        let test = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = FilePath(test).removingLastComponent().appending("dailies")
        let output = try await run(program, ["inspect", Fixtures.recording(recording).string, "--out", folder.string])
        return try Report(json: Data(output.utf8))
    }

    static func run(_ program: FilePath, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments), input: .none, output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(result.standardError)")
        }
        return result.standardOutput
    }
}
