import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

@Suite(.tags(.media))
struct LoudnessTests {
    /// Stereo sines of 1 kHz one after the other, each with its seconds and its dBFS, and what is to be measured.
    struct Signal: Sendable, CustomTestStringConvertible {
        var parts: [(seconds: Int, level: Double)]
        var expected: Double

        var testDescription: String { parts.map { "\($0.seconds) s of \($0.level) dBFS" }.joined(separator: ", ") }
    }

    @Test func `At 48 kHz the filter is the one that ITU-R BS.1770-4 prints`() {
        let filter = KWeighting(sampleRate: 48_000)
        let shelf = KWeighting.Section(
            b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285, a1: -1.69065929318241, a2: 0.73248077421585)
        let highPass = KWeighting.Section(b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621)
        for (made, printed) in [(filter.shelf, shelf), (filter.highPass, highPass)] {
            for value in [\KWeighting.Section.b0, \.b1, \.b2, \.a1, \.a2] {
                #expect(abs(made[keyPath: value] - printed[keyPath: value]) < 1e-9)
            }
        }
    }

    /// Cases 1 to 4.
    @Test("An infinity at any place resets the filter", arguments: [0, 50, 99])
    func forgets(at place: Int) {
        let tone = (0..<100).map { Float($0 % 10) / 20 }
        var broken = tone
        broken[place] = .infinity
        func energies(_ filter: inout KWeighting, _ samples: [Float]) -> SIMD2<Double> {
            unsafe samples.withUnsafeBufferPointer { unsafe filter.energies($0, $0) }
        }
        var (disturbed, fresh) = (KWeighting(sampleRate: 48_000), KWeighting(sampleRate: 48_000))
        #expect(energies(&disturbed, broken) == .zero)
        #expect(energies(&disturbed, tone) == energies(&fresh, tone))
    }

    @Test(
        "Integrated loudness is what EBU Tech 3341 wants of its test signals",
        arguments: [
            Signal(parts: [(20, -23.0)], expected: -23.0),
            Signal(parts: [(20, -33)], expected: -33),
            Signal(parts: [(10, -36), (60, -23), (10, -36)], expected: -23),
            Signal(parts: [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], expected: -23),
        ])
    func integrated(_ signal: Signal) async throws {
        let audio = try await Self.measured(Self.sines(signal.parts))
        #expect(abs(try #require(audio.loudnessLufs) - signal.expected) <= 0.1)
    }

    /// Cases 1 to 4.
    @Test(
        "Loudness range is what EBU Tech 3342 wants of its test signals",
        arguments: [
            Signal(parts: [(20, -20.0), (20, -30)], expected: 10.0),
            Signal(parts: [(20, -20), (20, -15)], expected: 5),
            Signal(parts: [(20, -40), (20, -20)], expected: 20),
            Signal(parts: [(20, -50), (20, -35), (20, -20), (20, -35), (20, -50)], expected: 15),
        ])
    func range(_ signal: Signal) async throws {
        let audio = try await Self.measured(Self.sines(signal.parts))
        #expect(abs(try #require(audio.loudnessRangeLu) - signal.expected) <= 1)
    }

    @Test(
        "At every rate and with every number of channels the loudness is that of FFmpeg's filter",
        arguments: [
            ("8000", "mono"), ("16000", "stereo"), ("22050", "mono"), ("44100", "5.0"), ("48000", "quad"), ("48000", "5.1"),
            ("96000", "stereo"),
        ])
    func everyRate(_ rate: String, _ layout: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("noise.mkv")
            // Noise has all frequencies, and a different one in each channel shows which channel counts how much.
            let noise =
                "anoisesrc=duration=12:sample_rate=\(rate):amplitude=0.2:color=pink:seed=7,aformat=channel_layouts=\(layout),volume='0.3+0.05*t':eval=frame"
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", noise, "-c:a", "pcm_s16le"])
            let audio = try #require(try await Inspected.report(of: path).audio)
            let text = try await FFmpegTool.analysis(["-i", path.string, "-af", "ebur128"])
            #expect(abs(try #require(audio.loudnessLufs) - (try #require(SoundTests.number(after: "I:", in: text)))) <= 0.1)
        }
    }

    @Test func `Sound below the gate has no loudness`() async throws {
        let audio = try await Self.measured(Self.sines([(5, -75)]))
        #expect(audio.loudnessLufs == nil && audio.loudnessRangeLu == nil)
    }

    private static func sines(_ parts: [(seconds: Int, level: Double)]) -> String {
        let pieces = parts.enumerated().map { index, part in
            "aevalsrc='pow(10,\(part.level)/20)*sin(2*PI*1000*t)':sample_rate=48000:duration=\(part.seconds)[p\(index)]"
        }
        let all = parts.indices.map { "[p\($0)]" }.joined()
        return pieces.joined(separator: ";") + ";\(all)concat=n=\(parts.count):v=0:a=1,pan=stereo|c0=c0|c1=c0"
    }

    private static func measured(_ signal: String) async throws -> AudioTrack {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("signal.mkv")
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", signal, "-c:a", "pcm_s24le"])
            return try #require(try await Inspected.report(of: path).audio)
        }
    }
}
