import FFmpeg
import Recordings
import Testing

@testable import Inspection

/// The parts that measure, each as a value that is fed and asked.
struct MeasureTests {
    @Test func `Levels equal those of a plain loop, for every length`() {
        var generator = SplitMix(state: 5)
        for count in [0, 1, 3, 4, 5, 479, 480] {
            let samples = (0..<count).map { _ in Float.random(in: -1.5...1.5, using: &generator) }
            let levels = samples.withUnsafeBufferPointer { unsafe SampleLevels($0) }
            #expect(levels.minimum == samples.min() ?? 0)
            #expect(levels.maximum == samples.max() ?? 0)
            #expect(abs(levels.energy - samples.reduce(0) { $0 + $1 * $1 }) <= 0.001 * max(1, levels.energy))
        }
    }

    @Test func `NaN and infinite samples change no extreme and no later sum`() {
        let samples: [Float] = [0.5, .nan, -0.25, .nan, .nan, 0.125]
        let levels = samples.withUnsafeBufferPointer { unsafe SampleLevels($0) }
        #expect(levels.minimum == -0.25 && levels.maximum == 0.5 && levels.energy == 0)
    }

    @Test func `Clipping counts runs of three and more, also across pieces`() {
        func ratio(_ pieces: [[Float]]) -> Double? {
            var counter = ClippingCounter(channels: 1)
            for piece in pieces {
                piece.withUnsafeBufferPointer { unsafe counter.add($0, channel: 0, peak: piece.map(abs).max() ?? 0) }
            }
            return counter.ratio
        }
        #expect(ratio([[1, 1, 0, 0, 1, 0, -1, -1]]) == 0)
        #expect(ratio([[0, 1, -1, 1, 1, 0, 0, 0]]) == 0.5)
        #expect(ratio([[0, 0, 1, 1], [1, 0, 0, 0]]) == 3.0 / 8)
        #expect(ratio([[0, 0, 1, 1], [0.5, 0.5], [1, 0]]) == 0)
        #expect(ratio([]) == nil)
    }

    @Test func `A waveform folds by joining neighbours, and loses no peak`() {
        var outline = WaveformOutline()
        for block in 0..<9_000 { outline.add(minimum: block == 4_321 ? -1 : -0.25, maximum: block == 8_888 ? 1 : 0.25) }
        outline.finish()
        #expect(outline.blocksPerPoint == 8 && outline.points == 1125)
        #expect(outline.values[2 * (4_321 / 8)] == -128)
        #expect(outline.values[2 * (8_888 / 8) + 1] == 127)
        #expect(outline.values.count { $0 == -32 } == 1124 && outline.values.count { $0 == 32 } == 1124)
    }

    @Test func `A silence is half a second or more, and starts and ends with its windows`() {
        var detector = SilenceDetector()
        func feed(_ blocks: Int, _ level: Double) { for _ in 0..<blocks { detector.add(meanSquare: level) } }
        feed(100, 0)
        feed(20, 0.01)
        feed(45, 0)
        feed(20, 0.01)
        feed(55, 0.000_009)
        feed(10, 0.000_011)
        feed(60, 0)
        detector.finish()
        #expect(detector.silences == [.init(from: 0, to: 100), .init(from: 185, to: 240), .init(from: 250, to: 310)])
        #expect(detector.firstSound == 100 && detector.lastSoundEnd == 250)
        #expect(detector.soundingBlocks == 310 - 100 - 55 - 60)
    }

    @Test func `Frame gaps are measured in the order in which frames are shown`() {
        var gaps = FrameGaps()
        for time in [0, 120, 40, 80, 240, 160, 200, 3240] { gaps.add(Int64(time) * 1000) }
        gaps.finish()
        #expect(gaps.summary == .init(median: 40, p95: 3000, max: 3000))
        #expect(gaps.wide == [.init(from: 240_000, to: 3_240_000)])
    }

    @Test func `Stillness needs five seconds in which the encoder writes almost nothing`() {
        func stretches(_ bytes: (Int) -> Int) -> [StillnessDetector.Stretch] {
            var detector = StillnessDetector(pixels: 640 * 480, origin: 0)
            for frame in 0..<300 { detector.add(time: Int64(frame) * 50_000, bytes: bytes(frame), isKeyframe: frame % 60 == 0) }
            detector.finish(end: 15_000_000)
            return detector.stretches
        }
        #expect(stretches { _ in 600 } == [])
        #expect(stretches { $0 % 60 == 0 ? 9000 : 30 } == [.init(from: 0, to: 15_000_000)])
        #expect(stretches { $0 >= 100 && $0 < 180 ? 30 : 600 } == [])
        #expect(stretches { $0 >= 100 && $0 < 220 ? ($0 % 7 == 0 ? 2000 : 30) : 600 } == [.init(from: 5_000_000, to: 11_000_000)])
    }

    @Test func `A sheet that is full drops every second tile and takes half as many from then on`() throws {
        let keyframes = 450
        var step = 1
        while (keyframes + step - 1) / step > Storyboard.tilesAtMost { step *= 2 }
        var kept: [Int] = []
        var sheet = StoryboardSheet(size: DisplayedSize(codedWidth: 2, codedHeight: 2, sampleAspect: nil, orientation: .upright))
        for keyframe in 0..<keyframes where sheet.wantsNext() {
            sheet.add(.init(time: Int64(keyframe), picture: try .init(width: 2, height: 2)))
            kept = sheet.tiles.map { Int($0.time) }
            #expect(kept.count <= Storyboard.tilesAtMost)
        }
        #expect(kept == Array(stride(from: 0, to: keyframes, by: step)))
    }
}
