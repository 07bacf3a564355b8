import Foundation
import Inspection
import Recordings
import SystemPackage
import TestSupport
import Testing

/// A rendition made of one recording, in a folder of its own.
struct Rendered {
    let report: RenditionReport
    let path: FilePath

    /// Makes a recording with `ffmpeg`'s arguments, changes it as asked, and lends its rendition.
    static func with(
        _ name: String, _ arguments: [String], limits: InspectionLimits = InspectionLimits(),
        changed: (FilePath) throws -> Void = { _ in }, _ body: (Rendered) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let source = folder.appending(name)
            try await FFmpegTool.make(source, arguments)
            try changed(source)
            try await body(try of(source, limits: limits, in: folder))
        }
    }

    static func of(_ source: FilePath, limits: InspectionLimits = InspectionLimits(), in folder: FilePath) throws -> Rendered {
        let recording = try FileDescriptor.open(source, .readOnly)
        defer { try? recording.close() }
        let path = folder.appending("rendition.mp4")
        let rendition = try FileDescriptor.open(path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? rendition.close() }
        return Rendered(report: try Inspection.render(recording: recording, to: rendition, limits: limits), path: path)
    }

    func stream(_ kind: String, _ entries: String) async throws -> [String] {
        try await FFmpegTool.probe(path, entries: "stream=\(entries)", ["-select_streams", kind]).first ?? []
    }

    /// The times of the packets of the picture in the order of showing, in milliseconds, and which are keyframes.
    func frames() async throws -> [(ms: Double, isKeyframe: Bool)] {
        try await FFmpegTool.probe(path, entries: "packet=pts_time,flags", ["-select_streams", "v"])
            .compactMap { fields in Double(fields[0]).map { ($0 * 1000, fields[1].hasPrefix("K")) } }.sorted { $0.0 < $1.0 }
    }

    func durationMs() async throws -> Double {
        try #require(try await FFmpegTool.probe(path, entries: "format=duration").first?.first.flatMap(Double.init)) * 1000
    }

    /// Where the picture first lights up and the sound first sounds, in milliseconds.
    func flashAndBeep() async throws -> (flash: Double, beep: Double) {
        let said = try await FFmpegTool.analysis(
            ["-i", path.string, "-vf", "blackdetect=d=0.1:pix_th=0.3", "-af", "silencedetect=noise=-30dB:d=0.1"])
        func first(_ word: String) throws -> Double {
            let found = try #require(said.range(of: word), "\(word) in \(said)")
            return try #require(Double(said[found.upperBound...].drop { $0 == " " }.prefix { "0123456789.".contains($0) })) * 1000
        }
        return (try first("black_end:"), try first("silence_end:"))
    }
}
