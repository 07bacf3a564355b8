import Subprocess
import SystemPackage
import Testing

/// The `ffmpeg` and `ffprobe` programs: they make recordings, and are independent references for measurements.
enum FFmpegTool {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes a recording with the arguments between `ffmpeg -v error` and the output's path.
    static func make(_ path: FilePath, _ arguments: [String]) async throws {
        _ = try await run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments + [path.string])
    }

    /// What `ffmpeg` says at the end of an analysis, such as `ebur128`'s summary.
    static func analysis(_ arguments: [String]) async throws -> String {
        try await run("ffmpeg", ["-hide_banner", "-nostdin", "-nostats"] + arguments + ["-f", "null", "-"]).error
    }

    /// The values of `-show_entries`, a line for each entry, its fields separated by commas.
    static func probe(_ path: FilePath, entries: String, _ more: [String] = []) async throws -> [[String]] {
        let output = try await run("ffprobe", ["-v", "error", "-of", "csv=p=0", "-show_entries", entries] + more + [path.string]).output
        return output.split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Whether this version of FFmpeg gets beyond the file's header.
    static func reads(_ path: FilePath) async -> Bool {
        (try? await probe(path, entries: "format=format_name")) != nil
    }

    private static func run(_ name: String, _ arguments: [String]) async throws -> (output: String, error: String) {
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        let error = result.standardError
        guard result.terminationStatus.isSuccess else { throw Failure(description: "\(name) \(arguments): \(error)") }
        return (result.standardOutput, error)
    }
}
