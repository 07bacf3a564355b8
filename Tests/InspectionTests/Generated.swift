import Foundation
import SystemPackage

/// Arguments for `ffmpeg` that draw, sound and encode small recordings.
enum Generated {
    /// Four seconds of something that moves.
    static let picture = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=20:duration=4"]
    static let tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-af", "volume=8dB"]
    static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]

    /// The same picture for as long as asked, with contrast and colour.
    static func still(seconds: Int) -> [String] {
        ["-f", "lavfi", "-i", "smptebars=size=160x120:rate=10:duration=\(seconds)"]
    }

    /// Writes a display matrix into the first track of an MP4, as phones do that are held upright.
    static func turn(_ path: FilePath, clockwise degrees: Int) throws {
        var bytes = try Data(contentsOf: URL(filePath: path.string))
        guard let header = bytes.range(of: Data("tkhd".utf8)) else { return }
        let one: Int32 = 1 << 16
        let turns: [Int: [Int32]] = [
            90: [0, one, 0, -one, 0, 0], 180: [-one, 0, 0, 0, -one, 0], 270: [0, -one, 0, one, 0, 0],
        ]
        // The matrix follows 40 bytes of the track header's version 0.
        var at = header.upperBound + 40
        for value in turns[degrees] ?? [one, 0, 0, 0, one, 0] {
            withUnsafeBytes(of: value.bigEndian) { bytes.replaceSubrange(at..<at + 4, with: $0) }
            at += 4
        }
        try bytes.write(to: URL(filePath: path.string))
    }

    /// A JPEG's brightness as rows of bytes, decoded by the `ffmpeg` tool.
    static func luma(_ jpeg: FilePath, in folder: FilePath, width: Int) async throws -> [[UInt8]] {
        let raw = folder.appending("raw.gray")
        try await FFmpegTool.make(raw, ["-f", "mjpeg", "-i", jpeg.string, "-f", "rawvideo", "-pix_fmt", "gray"])
        let bytes = try Array(Data(contentsOf: URL(filePath: raw.string)))
        return stride(from: 0, to: bytes.count, by: width).map { Array(bytes[$0..<min($0 + width, bytes.count)]) }
    }
}
