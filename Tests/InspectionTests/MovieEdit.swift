import Foundation
import SystemPackage

/// Changes MP4 and QuickTime files that `ffmpeg` wrote, whose index lies behind the media: nothing that it points to moves.
enum MovieEdit {
    struct NotFound: Error {
        var box: String
    }

    /// Writes a display matrix into the first track, as phones do. It maps (x, y) to (a x + c y, b x + d y).
    static func setMatrix(_ path: FilePath, a: Int32, b: Int32, c: Int32, d: Int32) throws {
        try edit(path) { bytes in
            guard let header = bytes.range(of: Data("tkhd".utf8)) else { throw NotFound(box: "tkhd") }
            // The matrix follows 40 bytes of the track header's version 0, in rows of three; the third column is no part of a turn.
            for (index, value) in [a, b, 0, c, d, 0].enumerated() {
                let at = header.upperBound + 40 + index * 4
                withUnsafeBytes(of: (value << 16).bigEndian) { bytes.replaceSubrange(at..<at + 4, with: $0) }
            }
        }
    }

    /// Adds a Dolby Vision configuration record to the first track's HEVC sample description.
    static func addDolbyVision(profile: UInt8, compatibility: UInt8, to path: FilePath) throws {
        // Version 1.0; level 1, metadata and base layer present.
        let record = [1, 0, profile << 1, 1 << 3 | 0b101, compatibility << 4] + [UInt8](repeating: 0, count: 19)
        let box = Data([0, 0, 0, 32] + Array("dvvC".utf8) + record)
        try edit(path) { bytes in
            var end = bytes.endIndex
            for name in ["moov", "trak", "mdia", "minf", "stbl", "stsd", "hvc1"] {
                guard let found = bytes.range(of: Data(name.utf8)) ?? bytes.range(of: Data("hev1".utf8)) else { throw NotFound(box: name) }
                let start = found.lowerBound - 4
                let size = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
                withUnsafeBytes(of: UInt32(size + box.count).bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
                end = start + size
            }
            bytes.insert(contentsOf: box, at: end)
        }
    }

    private static func edit(_ path: FilePath, _ body: (inout Data) throws -> Void) throws {
        let url = URL(filePath: path.string)
        var bytes = try Data(contentsOf: url)
        try body(&bytes)
        try bytes.write(to: url)
    }
}
