import FFmpeg
import Testing

@testable import Inspection

struct RenditionRulesTests {
    @Test("The constant rate is the recording's own where it is a usual one, and 30 otherwise")
    func rate() {
        func rate(_ frames: Int, _ seconds: Double) -> FrameRate { .constant(frames: frames, over: Microseconds(seconds * 1_000_000)) }
        #expect(rate(250, 10) == FrameRate(25))
        #expect(rate(600, 10) == FrameRate(30), "60 is halved")
        #expect(rate(1200, 10) == FrameRate(30), "120 is quartered")
        #expect(rate(2997, 100) == FrameRate(30_000, 1001))
        #expect(rate(2996, 99.96) == FrameRate(30_000, 1001), "the last frame's length may be missing")
        #expect(rate(173, 10) == FrameRate(30), "a camera at its leisure")
        #expect(rate(1, 0) == FrameRate(30))
        #expect(rate(5, 0) == FrameRate(30))
        #expect(rate(1_000_000, 0.001) == FrameRate(30), "a made-up rate")
    }

    @Test("A frame is repeated until the next is due, and of two at one place the later is kept")
    func frames() {
        var steady = ConstantRateFrames()
        #expect(steady.arrive(at: 2).isEmpty, "the first frame waits, and will fill what is before it")
        #expect(steady.arrive(at: 3) == 0..<3)
        #expect(steady.arrive(at: 3).isEmpty)
        #expect(steady.arrive(at: 2).isEmpty, "time never runs back")
        #expect(steady.arrive(at: 6) == 3..<6)
        #expect(steady.finish(before: 8) == 6..<8)
        var single = ConstantRateFrames()
        _ = single.arrive(at: 0)
        #expect(single.finish(before: 0) == 0..<1, "no frame is lost")
        var none = ConstantRateFrames()
        #expect(none.finish(before: 100).isEmpty)
    }

    @Test("Sound begins at its time, jitter is ignored, drift is corrected by stretching, holes are silent")
    func alignment() {
        func alignment(_ due: Int, _ position: Int) -> SoundAlignment { SoundAlignment(due: due, position: position, sampleRate: 48_000) }
        #expect(alignment(0, 0) == .asItIs)
        #expect(alignment(480, 0) == .pause(480), "no jitter to forgive at the start")
        #expect(alignment(-312, 0) == .skip(312))
        #expect(alignment(48_500, 48_000) == .asItIs)
        #expect(alignment(49_000, 48_000) == .stretch(240))
        #expect(alignment(47_000, 48_000) == .stretch(-240))
        #expect(alignment(96_000, 48_000) == .pause(48_000))
        #expect(alignment(24_000, 48_000) == .skip(24_000))
    }
}
