import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// Recordings that must raise a flag about sound, and similar ones just below the threshold that must not.
@Suite(.tags(.media))
struct SoundFlagTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// An expression of FFmpeg's for both channels, of the time `t`.
        var sound: String
        var seconds = 12
        var flag: Flag.Name
        var isRaised: Bool
    }

    private static let tone = "0.2*sin(2*PI*300*t)"
    private static let cases = [
        Case(testDescription: "noise at -65 dBFS", sound: "0.00056*1.732*(2*random(0)-1)", flag: .micMuted, isRaised: true),
        Case(testDescription: "noise at -55 dBFS", sound: "0.00178*1.732*(2*random(0)-1)", flag: .micMuted, isRaised: false),
        Case(
            testDescription: "one word in half a minute", sound: "\(tone)*between(t,10,11.2)", seconds: 30, flag: .micMuted, isRaised: false
        ),
        Case(testDescription: "a wave cut off at full scale", sound: "clip(3*sin(2*PI*300*t),-1,1)", flag: .audioClipped, isRaised: true),
        Case(testDescription: "a wave that stays below", sound: "0.985*sin(2*PI*300*t)", flag: .audioClipped, isRaised: false),
        // 9 ms of 12 s are less than one in a thousand.
        Case(testDescription: "one cut-off shout", sound: "clip(\(tone)+9*between(t,5,5.009),-1,1)", flag: .audioClipped, isRaised: false),
        Case(testDescription: "-36.5 LUFS", sound: "pow(10,-36.5/20)*sin(2*PI*1000*t)", flag: .audioQuiet, isRaised: true),
        Case(testDescription: "-34 LUFS", sound: "pow(10,-34/20)*sin(2*PI*1000*t)", flag: .audioQuiet, isRaised: false),
        Case(testDescription: "-9 LUFS", sound: "pow(10,-9/20)*sin(2*PI*1000*t)", flag: .audioLoud, isRaised: true),
        Case(testDescription: "-11 LUFS", sound: "pow(10,-11/20)*sin(2*PI*1000*t)", flag: .audioLoud, isRaised: false),
        Case(testDescription: "3.2 s before the first word", sound: "\(tone)*gte(t,3.2)", flag: .leadingSilence, isRaised: true),
        Case(testDescription: "2.8 s before the first word", sound: "\(tone)*gte(t,2.8)", flag: .leadingSilence, isRaised: false),
        Case(testDescription: "5.2 s after the last word", sound: "\(tone)*lt(t,6.8)", flag: .trailingSilence, isRaised: true),
        Case(testDescription: "4.8 s after the last word", sound: "\(tone)*lt(t,7.2)", flag: .trailingSilence, isRaised: false),
        Case(testDescription: "words in 17 of a hundred", sound: "\(tone)*between(t,1,3)", flag: .mostlySilent, isRaised: true),
        Case(testDescription: "words in 23 of a hundred", sound: "\(tone)*between(t,1,3.8)", flag: .mostlySilent, isRaised: false),
    ]

    @Test("A flag about sound is raised from its threshold on, and not before", arguments: cases)
    func thresholds(_ tested: Case) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("sound.mkv")
            let source = "aevalsrc='\(tested.sound)|\(tested.sound)':sample_rate=48000:duration=\(tested.seconds)"
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", source, "-c:a", "pcm_s16le"])
            let report = try await Inspected.report(of: path)
            #expect((report.flag(tested.flag) != nil) == tested.isRaised, "\(report.flags)")
        }
    }

    @Test(
        "Streams that start or end far from each other are told of, and near ones are not",
        arguments: [
            (late: 0.7, sound: 11.3, isRaised: true), (late: 0.4, sound: 11.6, isRaised: false),
            (late: 0.0, sound: 10.8, isRaised: true), (late: 0.0, sound: 11.2, isRaised: false),
        ])
    func offset(_ tested: (late: Double, sound: Double, isRaised: Bool)) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("answer.mkv")
            let picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=20:duration=12"]
            let sound = [
                "-itsoffset", "\(tested.late)", "-f", "lavfi", "-i", "sine=frequency=300:duration=\(tested.sound):sample_rate=48000",
            ]
            try await FFmpegTool.make(path, picture + sound + Generated.h264 + ["-map", "0", "-map", "1", "-c:a", "pcm_s16le"])
            let report = try await Inspected.report(of: path)
            #expect((report.flag(.avOffset) != nil) == tested.isRaised, "\(report.flags)")
        }
    }

    @Test func `Silences begin and end where FFmpeg's silencedetect finds them`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("answer.mkv")
            // Words and pauses of all lengths, none of them on a round number.
            let words = [(0.613, 1.9), (2.777, 5.301), (6.123, 6.9), (7.431, 9.017), (9.3, 11.111), (13.377, 14.219)]
            let heard = words.map { "between(t,\($0.0),\($0.1))" }.joined(separator: "+")
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", "aevalsrc='0.2*sin(2*PI*300*t)*(\(heard))':sample_rate=48000:duration=16", "-c:a", "pcm_s16le"])
            let silences = try #require(try await Inspected.report(of: path).audio?.silences)
            let text = try await FFmpegTool.analysis(["-i", path.string, "-af", "silencedetect=noise=-50dB:duration=0.5"])
            func edges(_ label: String) -> [Double] {
                text.components(separatedBy: label).dropFirst().compactMap { Double($0.prefix { "0123456789.-".contains($0) }) }
            }
            let (starts, ends) = (edges("silence_start: "), edges("silence_end: "))
            #expect(starts.count == 6 && ends.count == 6 && silences.count == 6)
            for (silence, edge) in zip(silences, zip(starts, ends)) {
                #expect(abs(Double(silence.fromMs) - 1000 * edge.0) <= 50 && abs(Double(silence.toMs) - 1000 * edge.1) <= 50)
            }
        }
    }

    @Test func `A recorded answer's long silence ends where FFmpeg's silencedetect hears the first word`() async throws {
        let path = Fixtures.recording("fault-late-start.webm")
        let report = try await Inspected.report(of: path)
        let text = try await FFmpegTool.analysis(["-i", path.string, "-vn", "-af", "silencedetect=noise=-50dB:duration=2"])
        let end = try #require(SoundTests.number(after: "silence_end: ", in: text)) * 1000
        let silence = try #require(report.audio?.silences.first)
        #expect(abs(Double(silence.toMs) - end) <= 50)
        #expect(abs(Double(try #require(report.audio?.firstSoundMs)) - end) <= 50)
    }
}
