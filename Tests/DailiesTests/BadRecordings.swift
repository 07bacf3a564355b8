import Foundation
import Recordings
import SystemPackage
import TestSupport

/// What people, or attackers, send in place of recordings.
struct BadRecordings {
    var path: FilePath
    var reason: UnusableReason.Code

    /// Writes one of each kind and says what is to be answered.
    static func write(into folder: FilePath) throws -> [BadRecordings] {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        var noise = SystemRandomNumberGenerator()
        let recording = try Data(contentsOf: URL(fileURLWithPath: Fixtures.recording("chrome-vp9-opus.webm").string))
        // The neighbour that the playlist points to is a sound recording: it must not be opened all the same.
        try recording.write(to: URL(fileURLWithPath: folder.appending("neighbour.webm").string))
        let contents: [(String, Data, UnusableReason.Code)] = [
            ("empty.webm", Data(), .empty),
            ("noise.webm", Data((0..<(1 << 20)).map { _ in UInt8.random(in: 0...255, using: &noise) }), .notMedia),
            ("letter.webm", Data("Dear hiring team, my answer is in the attachment.\n".utf8), .notMedia),
            ("picture.webm", Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)), .notMedia),
            ("playlist.webm", Data("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nneighbour.webm\n#EXT-X-ENDLIST\n".utf8), .notMedia),
            ("header.webm", recording.prefix(60), .headerOnly),
        ]
        return try contents.map { name, data, reason in
            let path = folder.appending(name)
            try data.write(to: URL(fileURLWithPath: path.string))
            return BadRecordings(path: path, reason: reason)
        }
    }
}
