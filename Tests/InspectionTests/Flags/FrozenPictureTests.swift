import Recordings
import SystemPackage
import TestSupport
import Testing

/// A picture that does not change is told from a person who sits still: a camera's noise, a blink and a cursor are changes.
@Suite(.tags(.media))
struct FrozenPictureTests {
    private static let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "150k", "-g", "20"]

    private func report(_ filter: String, _ codec: [String], seconds: Int = 10) async throws -> Report {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("picture.webm")
            try await FFmpegTool.make(path, Generated.still(seconds: seconds) + ["-vf", filter] + codec)
            return try await Inspected.report(of: path)
        }
    }

    @Test func `Frames that all show the same picture are a freeze`() async throws {
        let report = try await report("null", Self.vp9)
        #expect(report.faults.contains(.videoFrozen))
        #expect(!report.warnings.contains(.stalled))
    }

    @Test func `A picture that freezes for a part of the answer gives a warning with the span`() async throws {
        // Moves for eleven seconds, then stands still for ten, of which the encoder refines the picture for two.
        let report = try await report("noise=alls=30:allf=t:enable='lt(t,11)'", Self.vp9, seconds: 21)
        let flag = try #require(report.flag(.videoFrozen))
        #expect(flag.severity == .warning)
        let span = try #require(flag.spans.first)
        #expect(flag.spans.count == 1 && span.fromMs >= 11_000 && span.fromMs <= 15_000 && span.toMs >= 20_000)
    }

    @Test(
        "Noise, a blink and a moving cursor are no freeze",
        arguments: [
            "noise=alls=8:allf=t",
            "noise=alls=12:allf=t,gblur=sigma=1",
            "drawbox=x=70:y=60:w=20:h=6:t=fill:color=black:enable='lt(mod(t,3),1)'",
            "null[bars];color=white:size=6x10:rate=10[cursor];[bars][cursor]overlay=x=60+8*t:y=90:shortest=1",
        ])
    func livePictures(_ filter: String) async throws {
        let report = try await report(filter, Self.vp9)
        #expect(report.flag(.videoFrozen) == nil)
        #expect(report.flag(.cameraCovered) == nil)
    }
}
