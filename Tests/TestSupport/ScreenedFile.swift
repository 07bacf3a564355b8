internal import Foundation
internal import Subprocess
public import SystemPackage

/// What a real browser made of one file that it was given to play. `browser.py` beside this starts Chromium.
public struct ScreenedFile: Decodable, Sendable {
    /// What the browser's media engine says. Times are seconds.
    public struct Facts: Decodable, Sendable {
        public var canPlay: String
        /// `nil` when the engine knows no finite one.
        public var duration: Double?
        public var seekableTo: Double?
        /// The picture's size; 0 by 0 without a picture.
        public var width: Int
        public var height: Int
        /// After seeking to the middle.
        public var soughtTo: Double?
        public var readyState: Int?
        public var frameTime: Double?
        /// How much of a canvas the picture in the middle covers.
        public var paintedRatio: Double?
        /// After a moment of playing on.
        public var playedTo: Double?
    }

    public var facts: Facts?
    /// What the browser waited for in vain.
    public var failure: String?

    struct NoBrowser: Error, CustomStringConvertible {
        var description: String
    }

    /// Plays files one after the other, in one browser: starting it takes longer than all files do in it.
    public static func all(_ files: [FilePath]) async throws -> [FilePath: ScreenedFile] {
        let script = FilePath(#filePath).removingLastComponent().appending("browser.py")
        // Debian's own Python is the one that has Debian's python3-selenium.
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: Arguments([script.string] + files.map(\.string)), input: .none,
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else { throw NoBrowser(description: "browser.py: \(result.standardError)") }
        let seen = try JSONDecoder().decode([String: ScreenedFile].self, from: Data(result.standardOutput.utf8))
        return Dictionary(uniqueKeysWithValues: seen.map { (FilePath($0.key), $0.value) })
    }
}
