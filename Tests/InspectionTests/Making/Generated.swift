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

    /// A JPEG's brightness as rows of bytes, decoded by the `ffmpeg` tool.
    static func luma(_ jpeg: FilePath, in folder: FilePath, width: Int) async throws -> [[UInt8]] {
        let raw = folder.appending("raw.gray")
        try await FFmpegTool.make(raw, ["-f", "mjpeg", "-i", jpeg.string, "-f", "rawvideo", "-pix_fmt", "gray"])
        let bytes = try Array(Data(contentsOf: URL(filePath: raw.string)))
        return stride(from: 0, to: bytes.count, by: width).map { Array(bytes[$0..<min($0 + width, bytes.count)]) }
    }

    /// A JPEG's pixels as rows of red, green and blue.
    static func colors(_ jpeg: FilePath, in folder: FilePath, width: Int) async throws -> [[[Int]]] {
        let raw = folder.appending("raw.rgb")
        try await FFmpegTool.make(raw, ["-f", "mjpeg", "-i", jpeg.string, "-f", "rawvideo", "-pix_fmt", "rgb24"])
        let bytes = try Array(Data(contentsOf: URL(filePath: raw.string))).map(Int.init)
        return stride(from: 0, to: bytes.count, by: width * 3).map { row in
            stride(from: row, to: row + width * 3, by: 3).map { Array(bytes[$0..<$0 + 3]) }
        }
    }
}
