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

    /// The file with other edits in each track: pieces of its media, one after the other, by their start and length in milliseconds.
    /// - Parameter timescale: of the tracks' media; ffmpeg counts edits in milliseconds.
    static func edited(_ file: [UInt8], _ pieces: [(start: Int, length: Int)], timescale: Int) throws -> [UInt8] {
        let entries = pieces.flatMap { big($0.length, 4) + big($0.start * timescale / 1000, 4) + big(1 << 16, 4) }
        return try replacing("elst", in: file, with: [0, 0, 0, 0] + big(pieces.count, 4) + entries)
    }

    /// A file in fragments with the time of each moved on (box `tfdt`, its times in 64 bits).
    static func delayed(_ file: [UInt8], byTicks ticks: Int) throws -> [UInt8] {
        var result = file
        let kind = Array("tfdt".utf8)
        for at in file.indices.dropLast(16) where file[at] == kind[0] && file[at..<at + 4].elementsEqual(kind) {
            guard file[at + 4] == 1 else { throw NotFound(box: "tfdt of version 1") }
            let time = file[at + 8..<at + 16].reduce(0) { $0 << 8 | Int($1) }
            result.replaceSubrange(at + 8..<at + 16, with: big(time + ticks, 8))
        }
        guard result != file else { throw NotFound(box: "tfdt") }
        return result
    }

    /// The file with another description of the track of time codes that ffmpeg wrote: a track of some other kind of data.
    /// - Parameter content: what follows the type and number that every description begins with.
    static func describingTimeCodes(in file: [UInt8], as type: String, _ content: [UInt8]) throws -> [UInt8] {
        let description = big(content.count + 16, 4) + Array(type.utf8) + big(0, 6) + big(1, 2) + content
        let ofTimeCodes = Array("tmcd".utf8)
        return try replacing("stsd", in: file, with: big(0, 4) + big(1, 4) + description) { $0.dropFirst(12).starts(with: ofTimeCodes) }
    }

    /// A box of its own.
    static func box(_ type: String, _ content: [UInt8]) -> [UInt8] { big(content.count + 8, 4) + Array(type.utf8) + content }

    /// The file with other content in each of its boxes of one kind, or those whose content is as asked for. The index lies behind the
    /// media, so nothing that it points to moves.
    static func replacing(
        _ box: String, in file: [UInt8], with content: [UInt8], where isMeant: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) throws -> [UInt8] {
        let result = rebuilt(file[...], Array(box.utf8), content, isMeant)
        guard result != file else { throw NotFound(box: box) }
        return result
    }

    private static let parents = ["moov", "trak", "edts", "mdia", "minf", "dinf", "stbl"].map { Array($0.utf8) }

    private static func rebuilt(
        _ bytes: ArraySlice<UInt8>, _ box: [UInt8], _ replacement: [UInt8], _ isMeant: (ArraySlice<UInt8>) -> Bool
    ) -> [UInt8] {
        var result: [UInt8] = []
        var at = bytes.startIndex
        while at + 8 <= bytes.endIndex {
            let size = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            let kind = Array(bytes[at + 4..<at + 8])
            guard size >= 8, at + size <= bytes.endIndex else { break }
            let old = bytes[at + 8..<at + size]
            let content =
                kind == box && isMeant(old) ? replacement : parents.contains(kind) ? rebuilt(old, box, replacement, isMeant) : Array(old)
            result += big(content.count + 8, 4) + kind + content
            at += size
        }
        return result + bytes[at...]
    }

    private static func big(_ number: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * (width - 1 - $0))) }
    }

    private static func edit(_ path: FilePath, _ body: (inout Data) throws -> Void) throws {
        let url = URL(filePath: path.string)
        var bytes = try Data(contentsOf: url)
        try body(&bytes)
        try bytes.write(to: url)
    }
}
