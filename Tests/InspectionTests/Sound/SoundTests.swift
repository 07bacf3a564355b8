import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.media))
struct SoundTests {
    @Test(
        "Loudness and peak agree with FFmpeg's own filters",
        arguments: [
            "chrome-vp8-opus.webm", "fault-clipped-audio.webm", "audio-only.webm", "chrome-h264-opus.mp4", "chrome-av1-opus.webm",
            "fault-late-start.webm",
        ])
    func agreesWithFilters(_ name: String) async throws {
        let path = Fixtures.recording(name)
        let audio = try #require(try await Inspected.report(of: path).audio)
        let text = try await FFmpegTool.analysis(["-i", path.string, "-vn", "-af", "ebur128,astats=measure_perchannel=none"])
        let loudness = try #require(Self.number(after: "I:", in: text))
        #expect(abs(try #require(audio.loudnessLufs) - loudness) <= 0.1)
        let range = try #require(Self.number(after: "LRA:", in: text))
        #expect(abs(try #require(audio.loudnessRangeLu) - range) <= 0.5)
        let peak = try #require(Self.number(after: "Peak level dB:", in: text))
        #expect(abs(try #require(audio.peakDbfs) - peak) <= 0.05)
    }

    @Test func `Silences are found where they are`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("pauses.webm")
            // A tone in seconds 4 to 6 and 8 to 9 of 15.
            let heard = "volume='if(between(t,4,6)+between(t,8,9),1,0)':eval=frame"
            try await FFmpegTool.make(
                path,
                ["-f", "lavfi", "-i", "sine=frequency=300:duration=15:sample_rate=48000", "-af", heard + ",volume=12dB", "-c:a", "libopus"])
            let report = try await Inspected.report(of: path)
            let silences = try #require(report.audio?.silences)
            let expected = [Span(fromMs: 0, toMs: 4000), Span(fromMs: 6000, toMs: 8000), Span(fromMs: 9000, toMs: 15_000)]
            #expect(silences.count == 3)
            for (found, wanted) in zip(silences, expected) {
                #expect(abs(found.fromMs - wanted.fromMs) <= 80 && abs(found.toMs - wanted.toMs) <= 80)
            }
            #expect(abs(try #require(report.audio?.speechRatio) - 0.2) < 0.02)
            #expect(report.warnings.isSuperset(of: [.leadingSilence, .trailingSilence]))
            #expect(report.faults == [.noVideo])
        }
    }

    @Test("Sound of every sample format gives the same measurements", arguments: ["pcm_s16le", "aac", "libmp3lame", "flac", "libvorbis"])
    func everyCodec(_ codec: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("sound.mkv")
            try await FFmpegTool.make(path, Generated.tone + ["-ac", "2", "-ar", "44100", "-c:a", codec])
            let audio = try #require(try await Inspected.report(of: path).audio)
            #expect(audio.channels == 2 && audio.sampleRate == 44_100)
            // A sine of amplitude 1/8, 8 dB louder, spread over two channels: -18.06 + 8 - 3.01.
            #expect(abs(try #require(audio.peakDbfs) + 13.07) < 0.6)
            #expect(audio.speechRatio == 1 && audio.clippedRatio == 0)
        }
    }

    @Test func `The waveform is audiowaveform's JSON, and outlines what a plain decode gives`() async throws {
        let path = Fixtures.recording("chrome-vp9-opus.webm")
        try await Inspected.with(path) { inspected in
            let waveform = try #require(inspected.report.artifacts.waveform)
            let json = try JSONDecoder().decode(Outline.self, from: Data(inspected.bytes(.waveform)))
            #expect(json.version == 2 && json.bits == 8 && json.channels == 1)
            #expect(json.length == waveform.points && json.data.count == 2 * json.length && json.length <= Waveform.pointsAtMost)
            #expect(json.samplesPerPixel == waveform.samplesPerPoint && json.sampleRate == waveform.sampleRate)
            let seconds = Double(json.length * json.samplesPerPixel) / Double(json.sampleRate)
            #expect(abs(seconds - 14.027) < 0.02)

            let raw = inspected.folder.appending("sound.f32")
            try await FFmpegTool.make(raw, ["-i", path.string, "-vn", "-f", "f32le", "-ac", "1", "-af", "pan=mono|c0=c0"])
            let samples = try Data(contentsOf: URL(filePath: raw.string)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            // The sound starts 48 ms into the recording: four points of silence, and the fifth begins with the first sample
            // that falls into it.
            let offset = 4
            var different = 0
            for point in 0..<1000 {
                let piece = samples[point * 480..<(point + 1) * 480]
                let low = Int((try #require(piece.min()) * 128).rounded())
                let high = Int((try #require(piece.max()) * 128).rounded())
                let at = 2 * (point + offset)
                if abs(json.data[at] - low) > 1 || abs(json.data[at + 1] - high) > 1 { different += 1 }
            }
            #expect(different == 0)
        }
    }

    private struct Outline: Decodable {
        var version, channels, bits, length: Int
        var sampleRate, samplesPerPixel: Int
        var data: [Int]

        enum CodingKeys: String, CodingKey {
            case version, channels, bits, length, data
            case sampleRate = "sample_rate"
            case samplesPerPixel = "samples_per_pixel"
        }
    }

    /// The last such number is the summary's.
    static func number(after label: String, in text: String) -> Double? {
        guard let found = text.range(of: label, options: .backwards) else { return nil }
        return text[found.upperBound...].split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
    }
}
