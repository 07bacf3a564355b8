import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// Recordings that must raise a flag about the picture or the file, and similar ones just below the threshold that must not.
@Suite(.tags(.media))
struct PictureFlagTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What is drawn, ten seconds long unless it says otherwise.
        var drawn: String
        var encoded: [String] = []
        var flag: Flag.Name
        var isRaised: Bool
    }

    private static let live = "testsrc2=size=160x120:rate=20:duration=10"
    /// An even picture of that brightness from 0 (black) to 255, and a pattern on it of that height above and below, which is its deviation.
    private static func room(_ brightness: Int, _ contrast: Int) -> String {
        let pattern = "\(brightness)+\(contrast)*(2*mod(floor(X/8)+floor(Y/8),2)-1)"
        return "nullsrc=size=160x120:rate=20:duration=10,format=yuv420p,geq=lum='round(16+219/255*(\(pattern)))':cb=128:cr=128"
    }
    private static func dark(until second: Double) -> String {
        live + ",drawbox=w=iw:h=ih:t=fill:color=black:enable='lt(t,\(second))'"
    }
    /// Each frame where it is, but none between these.
    private static func without(_ from: Double, _ to: Double) -> [String] {
        ["-vf", "select='not(between(t,\(from),\(to)))'", "-fps_mode", "passthrough"]
    }

    /// Each picture is as good as it gets at once, and two in a second can be compared.
    private static let exact = ["-qp", "4", "-g", "5"]

    private static let cases = [
        Case(testDescription: "a room with its light off", drawn: room(22, 12), flag: .cameraCovered, isRaised: true),
        Case(testDescription: "a face by the light of a screen", drawn: room(26, 12), flag: .cameraCovered, isRaised: false),
        Case(testDescription: "an even lens cap", drawn: room(110, 5), flag: .cameraCovered, isRaised: true),
        Case(testDescription: "an even wall", drawn: room(110, 7), flag: .cameraCovered, isRaised: false),
        Case(testDescription: "dark for nine of ten seconds", drawn: dark(until: 8.95), flag: .cameraCovered, isRaised: true),
        Case(testDescription: "dark for seven of ten seconds", drawn: dark(until: 6.95), flag: .cameraCovered, isRaised: false),
        Case(testDescription: "no frame for 2.2 s", drawn: live, encoded: without(4.01, 6.14), flag: .stalled, isRaised: true),
        Case(testDescription: "no frame for 1.9 s", drawn: live, encoded: without(4.01, 5.84), flag: .stalled, isRaised: false),
        Case(testDescription: "nine frames a second", drawn: live, encoded: ["-r", "9"], flag: .lowFrameRate, isRaised: true),
        Case(testDescription: "eleven frames a second", drawn: live, encoded: ["-r", "11"], flag: .lowFrameRate, isRaised: false),
        Case(testDescription: "nine tenths of a second", drawn: live, encoded: ["-t", "0.9"], flag: .tooShort, isRaised: true),
        Case(testDescription: "eleven tenths of a second", drawn: live, encoded: ["-t", "1.1"], flag: .tooShort, isRaised: false),
        Case(testDescription: "the same picture for 5.2 s", drawn: still(5.2), encoded: exact, flag: .videoFrozen, isRaised: true),
        Case(testDescription: "the same picture for 4.8 s", drawn: still(4.8), encoded: exact, flag: .videoFrozen, isRaised: false),
    ]

    /// Still from the fourth second on.
    private static func still(_ seconds: Double) -> String {
        "smptebars=size=160x120:rate=10:duration=16,noise=alls=30:allf=t:enable='lt(t,4)+gte(t,\(4 + seconds))'"
    }

    @Test("A flag about the picture is raised from its threshold on, and not before", arguments: cases)
    func thresholds(_ tested: Case) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("picture.mkv")
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", tested.drawn] + Generated.h264 + ["-g", "20", "-x264-params", "scenecut=0"] + tested.encoded)
            let report = try await Inspected.report(of: path)
            #expect((report.flag(tested.flag) != nil) == tested.isRaised, "\(report.flags)")
        }
    }

    @Test(
        "Packets that cannot be decoded are told of when they are more than one in a hundred",
        arguments: [(broken: 1, isRaised: false), (broken: 6, isRaised: true)])
    func decodeErrors(_ tested: (broken: Int, isRaised: Bool)) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("sound.mkv")
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", "sine=duration=6:sample_rate=48000", "-c:a", "aac"])
            var bytes = try Fixtures.bytes(at: path)
            let blocks = MatroskaEdit.blocks(of: bytes).map(\.content)
            #expect(blocks.count > 250)
            for block in blocks.dropFirst(20).prefix(tested.broken * 10).enumerated().filter({ $0.offset % 10 == 0 }).map(\.element) {
                // Overwrites the sound behind the block's track, time and flags.
                for at in block + 4..<block + 40 { bytes[at] = 0xE5 }
            }
            let report = try await Inspected.report(ofBytes: bytes)
            #expect((report.flag(.decodeErrors) != nil) == tested.isRaised, "\(report.flags)")
            #expect(report.outcome == .usable)
        }
    }

    @Test func `Darkness is as long as FFmpeg's blackdetect finds it`() async throws {
        try await TemporaryFolder.with { folder in
            for seconds in [8.95, 9.45] {
                let path = folder.appending("dark.mkv")
                try await FFmpegTool.make(path, ["-f", "lavfi", "-i", Self.dark(until: seconds)] + Generated.h264 + ["-g", "10"])
                let flag = try #require(try await Inspected.report(of: path).flag(.cameraCovered))
                let said = try await FFmpegTool.analysis(["-i", path.string, "-vf", "blackdetect=d=1:pic_th=0.9"])
                let witness = try #require(SoundTests.number(after: "black_duration:", in: said))
                // One picture in half a second is looked at.
                #expect(abs(try #require(flag.value) - witness / 10) <= 0.05)
            }
        }
    }

    @Test func `A freeze begins and ends where FFmpeg's freezedetect finds it`() async throws {
        func compare(_ path: FilePath, filter: String = "null", startMs: Double, endMs: Double) async throws {
            let flag = try #require(try await Inspected.report(of: path).flag(.videoFrozen))
            let span = try #require(flag.spans.first)
            #expect(flag.spans.count == 1)
            let said = try await FFmpegTool.analysis(["-i", path.string, "-vf", "\(filter),freezedetect=n=0.001:d=4"])
            let start = try #require(SoundTests.number(after: "freeze_start: ", in: said)) * 1000
            #expect(abs(Double(span.fromMs) - start) <= startMs, "from \(span.fromMs), not \(start) ms")
            if let end = SoundTests.number(after: "freeze_end: ", in: said).map({ $0 * 1000 }) {
                #expect(abs(Double(span.toMs) - end) <= endMs, "to \(span.toMs), not \(end) ms")
            }
        }
        // It looks at frames only. Here no more frames come, and a player keeps showing the last one.
        try await compare(
            Fixtures.recording("fault-frozen-video.webm"), filter: "fps=20,tpad=stop_mode=clone:stop_duration=8", startMs: 150, endMs: 0)
        try await TemporaryFolder.with { folder in
            let path = folder.appending("still.mkv")
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", Self.still(9)] + Generated.h264 + ["-g", "10", "-x264-params", "scenecut=0"])
            // The encoder refines a new picture for up to two seconds, and keyframes, a second apart, are what is compared.
            try await compare(path, startMs: 2000, endMs: 1000)
        }
    }
}
