import Recordings
import Testing

@testable import Inspection

/// The design's table of flags, as pure rules: for each a value that must raise it, and the nearest that must not.
struct FlagRulesTests {
    private static func sound(_ change: (inout Measurements) -> Void = { _ in }) -> [Flag] {
        var measured = Measurements(
            durationMs: 20_000, container: Container(format: "webm"),
            video: VideoTrack(
                codec: "vp9", width: 640, height: 480, codedWidth: 640, codedHeight: 480, frames: 480, fps: 24, keyframes: 5,
                startMs: 0, endMs: 20_000, sizes: [.init(atMs: 0, width: 640, height: 480)]),
            audio: AudioTrack(
                codec: "opus", channels: 2, sampleRate: 48_000, startMs: 0, endMs: 20_000, loudnessLufs: -20, loudnessRangeLu: 4,
                peakDbfs: -3, clippedRatio: 0, speechRatio: 0.9, firstSoundMs: 100),
            pictures: PictureMeasurement(coveredRatio: 0), mutedRatio: 0.05, lastSoundEndMs: 19_900, actualBytes: 1_000_000,
            decodedPackets: 1000)
        change(&measured)
        return FlagRules.flags(of: measured)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expected: [Flag.Name]
        var change: @Sendable (inout Measurements) -> Void

        init(_ description: String, _ expected: [Flag.Name], _ change: @escaping @Sendable (inout Measurements) -> Void) {
            testDescription = description
            self.expected = expected
            self.change = change
        }
    }

    static let cases: [Case] = [
        Case("a sound recording", []) { _ in },
        Case("no picture", [.noVideo]) { $0.video = nil },
        Case("no sound", [.noAudio]) { $0.audio = nil },
        Case("98 % muted", [.micMuted]) { $0.mutedRatio = 0.98 },
        Case("97 % muted", []) { $0.mutedRatio = 0.97 },
        Case("80 % covered", [.cameraCovered]) { $0.pictures?.coveredRatio = 0.8 },
        Case("79 % covered", []) { $0.pictures?.coveredRatio = 0.79 },
        Case("no frame for 2.1 s", [.stalled]) { $0.stalls = [Span(fromMs: 5000, toMs: 7100)] },
        Case("no frame for 5 s", [.videoFrozen, .stalled]) { $0.stalls = [Span(fromMs: 5000, toMs: 10_000)] },
        Case("a covered camera is not called frozen as well", [.cameraCovered]) {
            $0.pictures = PictureMeasurement(coveredRatio: 1, still: [Span(fromMs: 0, toMs: 20_000)])
        },
        Case("cut within something", [.truncated]) { $0.structure.isCutShort = true },
        Case("fewer bytes than declared", [.truncated]) { $0.declaredBytes = 1_000_001 },
        Case("as many bytes as declared", []) { $0.declaredBytes = 1_000_000 },
        Case("more bytes than declared", []) { $0.declaredBytes = 999_999 },
        Case("the header promises 6 % more", [.truncated]) { $0.promisedMs = 21_200 },
        Case("the header promises 5 % more", []) { $0.promisedMs = 21_000 },
        Case("the header promises less", []) { $0.promisedMs = 10_000 },
        Case("the header counts from the clock's zero", []) {
            $0.promisedMs = 80_000
            $0.containerStartMs = 60_000
        },
        Case("the header counts from the clock's zero, and promises 6 % more", [.truncated]) {
            $0.promisedMs = 81_200
            $0.containerStartMs = 60_000
        },
        Case("the clock begins behind the length in the header", []) {
            $0.promisedMs = 20_000
            $0.containerStartMs = 60_000
        },
        Case("a hole in all streams", [.dataMissing]) { $0.holes = [Span(fromMs: 4000, toMs: 5000)] },
        Case("damaged bytes", [.dataMissing]) { $0.structure.damagedAt = 5000 },
        Case("one sample in a thousand clipped", [.audioClipped]) { $0.audio?.clippedRatio = 0.001 },
        Case("fewer clipped", []) { $0.audio?.clippedRatio = 0.0009 },
        Case("quieter than -35 LUFS", [.audioQuiet]) { $0.audio?.loudnessLufs = -35.1 },
        Case("-35 LUFS", []) { $0.audio?.loudnessLufs = -35 },
        Case("louder than -10 LUFS", [.audioLoud]) { $0.audio?.loudnessLufs = -9.9 },
        Case("-10 LUFS", []) { $0.audio?.loudnessLufs = -10 },
        Case("loudness unknown", []) { $0.audio?.loudnessLufs = nil },
        Case("first sound after 3.01 s", [.leadingSilence]) { $0.audio?.firstSoundMs = 3010 },
        Case("first sound after 3 s", []) { $0.audio?.firstSoundMs = 3000 },
        Case("last sound 5.01 s before the end", [.trailingSilence]) { $0.lastSoundEndMs = 14_990 },
        Case("last sound 5 s before the end", []) { $0.lastSoundEndMs = 15_000 },
        Case("speech in 19 % of the time", [.mostlySilent]) { $0.audio?.speechRatio = 0.19 },
        Case("speech in 20 % of the time", []) { $0.audio?.speechRatio = 0.2 },
        Case("a muted microphone says it all", [.micMuted]) {
            $0.mutedRatio = 1
            $0.audio?.speechRatio = 0
            $0.audio?.loudnessLufs = nil
            $0.audio?.firstSoundMs = nil
        },
        Case("starts 0.51 s apart", [.avOffset]) { $0.audio?.startMs = 510 },
        Case("starts 0.5 s apart", []) { $0.audio?.startMs = 500 },
        Case("ends 1.01 s apart", [.avOffset]) { $0.video?.endMs = 18_990 },
        Case("ends 1 s apart", []) { $0.video?.endMs = 19_000 },
        Case("9.9 frames a second", [.lowFrameRate]) { $0.video?.fps = 9.9 },
        Case("10 frames a second", []) { $0.video?.fps = 10 },
        Case("frame rate unknown", []) { $0.video?.fps = nil },
        Case("another size from the middle on", [.sizeChanged]) { $0.video?.sizes.append(.init(atMs: 9000, width: 480, height: 640)) },
        Case("an MP4 that is called WebM", [.typeMismatch]) {
            $0.container.format = "mp4"
            $0.container.declaredType = "video/webm; codecs=vp9"
        },
        Case("Matroska that is called WebM", []) {
            $0.container.format = "matroska"
            $0.container.declaredType = "video/webm"
        },
        Case("a second less one millisecond", [.tooShort]) { $0.durationMs = 999 },
        Case("high dynamic range", [.hdr]) { $0.video?.hdrFormat = .hlg },
        Case("1.1 % of the frames fail", [.decodeErrors]) { $0.failedPackets = 11 },
        Case("1 % of the frames fail", []) { $0.failedPackets = 10 },
    ]

    @Test("A flag is raised from its threshold on, and not before", arguments: cases)
    func thresholds(_ tested: Case) {
        let flags = Self.sound(tested.change)
        #expect(Set(flags.map(\.name)) == Set(tested.expected))
    }

    @Test func `Each flag has its agreed severity`() {
        let faults: Set<Flag.Name> = [.noVideo, .noAudio, .micMuted, .cameraCovered, .truncated]
        for tested in Self.cases {
            for flag in Self.sound(tested.change) { #expect((flag.severity == .fault) == faults.contains(flag.name)) }
        }
    }

    @Test func `A frozen picture is a fault from half the answer on`() {
        func severity(_ toMs: Int) -> Flag.Severity? {
            Self.sound { $0.pictures?.still = [Span(fromMs: 5000, toMs: toMs)] }.first { $0.name == .videoFrozen }?.severity
        }
        #expect(severity(14_990) == .warning)
        #expect(severity(15_000) == .fault)
    }

    @Test func `Stalls and still frames that touch are one freeze`() {
        let flags = Self.sound {
            $0.stalls = [Span(fromMs: 12_000, toMs: 20_000)]
            $0.pictures?.still = [Span(fromMs: 6000, toMs: 12_000)]
        }
        #expect(flags.first { $0.name == .videoFrozen }?.spans == [Span(fromMs: 6000, toMs: 20_000)])
    }
}
