import Foundation
import Subprocess
import SystemPackage
import TestSupport

/// The real site in a real browser: recordings go through the real worker, `dailies serve` answers, and `reviewing.py` does what
/// reviewers do. One house for all tests, because filling it takes longer than any of them.
enum Reviewing {
    struct Playing: Decodable {
        /// How many colours the timeline is drawn in.
        var colours: Int
        var frames: Int
        var paused: Bool
        /// How long each seek took, in milliseconds.
        var seeks: [Double]
        /// The sheet's width, and width and height of the tile that is shown.
        var storyboard: [Int]
    }

    struct Silence: Decodable {
        /// Seconds from the first frame to the end.
        var skipped: Double
        var heard: Double
        /// Seconds of the recording, and how many of them were played without its silences.
        var length: Double
        var played: Double
        var says: String
        var watched: [[Int]]
    }

    struct Comments: Decodable {
        /// Whether the answer waited for the first comment while it was typed.
        var held: Bool
        /// Begin and end of each comment's mark, in milliseconds.
        var marks: [[Int?]]
        /// Where the answer stood after its link to second 5 was opened.
        var linked: Double
        /// Whether the sign-in, after the session's end, leads back to that second.
        var kept: Bool
    }

    struct Captions: Decodable {
        var says: String
        var pressed: [String]
        var hidden: Bool
    }

    struct Keys: Decodable {
        var listed: Int
        /// What keys did after they were turned off: the help, a rating, a comment.
        var off: [Bool]
        var on: Bool
    }

    struct Ahead: Decodable {
        var expected: String
        var arrived: String
        /// The video's `readyState` when its page arrived.
        var state: Int
    }

    struct Health: Decodable {
        /// Plots with something in them.
        var plots: Int
        var failures: [String]
        var evidence: String
        /// After the failed job was put back.
        var waiting: String
    }

    struct Keyboard: Decodable {
        var rated: [String]
        var said: String
    }

    struct Fairness: Decodable {
        var crawled: Int
        /// Addresses whose answers held the other's remark before the own rating.
        var before: [String]
        var othersBefore: Int
        var after: Bool
        var othersAfter: String
    }

    struct Blind: Decodable {
        var crawled: Int
        /// What gave a candidate away, by address.
        var leaks: [String: [String]]
        var says: Bool
        var pseudonyms: Int
    }

    /// One page on a phone and on a desk, in light and in the dark.
    struct Looks: Decodable {
        /// What axe calls serious or critical.
        var serious: [String]
        /// By how many pixels the page is wider than a phone of 360.
        var overflow: Int
        /// Ground colours.
        var light: String
        var dark: String
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private struct Seen: Decodable, Sendable {
        struct One<Facts: Decodable & Sendable>: Decodable, Sendable {
            var facts: Facts?
            var failure: String?

            var value: Facts {
                get throws {
                    guard let facts else { throw Failure(description: failure ?? "it was not tried") }
                    return facts
                }
            }
        }

        var playing: One<Playing>
        var silence: One<Silence>
        var comments: One<Comments>
        var captions: One<Captions>
        var keys: One<Keys>
        var ahead: One<Ahead>
        var keyboard: One<Keyboard>
        var fairness: One<Fairness>
        var blind: One<Blind>
        var looks: One<[String: Looks]>
        var health: One<Health>
    }

    static var playing: Playing { get async throws { try await all.value.playing.value } }
    static var silence: Silence { get async throws { try await all.value.silence.value } }
    static var comments: Comments { get async throws { try await all.value.comments.value } }
    static var captions: Captions { get async throws { try await all.value.captions.value } }
    static var keys: Keys { get async throws { try await all.value.keys.value } }
    static var ahead: Ahead { get async throws { try await all.value.ahead.value } }
    static var health: Health { get async throws { try await all.value.health.value } }
    static var keyboard: Keyboard { get async throws { try await all.value.keyboard.value } }
    static var fairness: Fairness { get async throws { try await all.value.fairness.value } }
    static var blind: Blind { get async throws { try await all.value.blind.value } }
    static var looks: [String: Looks] { get async throws { try await all.value.looks.value } }

    private struct House: Encodable {
        var program: String
        var flags: [String]
        var conninfo: String
        var siteConninfo: String
        var folder: String
        var project: String
        var axe: String
    }

    /// Lends what the scripts need to know of a product that is still empty, as JSON.
    static func withHouse<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        try await TestDatabase.withDatabase { conninfo in
            try await TemporaryFolder.with { folder in
                let test = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
                let project = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
                let house = House(
                    program: FilePath(test).removingLastComponent().appending("dailies").string,
                    flags: ["--data", folder.appending("data").string, "--database", conninfo], conninfo: conninfo,
                    siteConninfo: DatabaseAccount.site.reaching(conninfo), folder: folder.string,
                    project: project.string, axe: project.appending(".build/axe/axe.min.js").string)
                let encoder = JSONEncoder()
                encoder.keyEncodingStrategy = .convertToSnakeCase
                return try await body(String(decoding: try encoder.encode(house), as: UTF8.self))
            }
        }
    }

    private static let all = Task {
        try await withHouse { house in
            let scenarios = [
                "playing", "silence", "comments", "captions", "keys", "ahead", "keyboard", "fairness", "blind", "looks", "health",
            ]
            // Debian's own Python is the one that has Debian's python3-selenium.
            let script = FilePath(#filePath).removingLastComponent().appending("reviewing.py").string
            let result = try await Subprocess.run(
                .path("/usr/bin/python3"), arguments: Arguments([script] + scenarios),
                input: .string(house), output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
            guard result.terminationStatus.isSuccess else { throw Failure(description: result.standardError) }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Seen.self, from: Data(result.standardOutput.utf8))
        }
    }
}
