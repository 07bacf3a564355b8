import Recordings
import TestSupport
import Testing

/// Playback copies in a browser's media engine.
@Suite("A browser's engine", .tags(.browser, .program))
struct BrowserTests {
    @Test("knows how long the playback copy is, from its start", arguments: Screening.recordings)
    func duration(_ recording: String) async throws {
        let (facts, report) = try await Screening.facts(of: recording)
        let duration = try #require(facts.duration, "\(recording): the duration is not finite")
        let reported = try #require(report.durationMs)
        #expect(abs(duration * 1000 - Double(reported)) <= 50, "\(recording): \(duration) s, \(reported) ms reported")
        #expect(facts.seekableTo == duration, "\(recording): can be sought to \(facts.seekableTo ?? 0) of \(duration) s")
        #expect(!facts.canPlay.isEmpty)
    }

    @Test("shows the picture in its size", arguments: Screening.recordings)
    func picture(_ recording: String) async throws {
        let (facts, report) = try await Screening.facts(of: recording)
        #expect(facts.width == report.video?.width ?? 0 && facts.height == report.video?.height ?? 0, "\(recording)")
    }

    @Test("seeks to the middle, has the frame of that time, and plays on", arguments: Screening.recordings)
    func seeking(_ recording: String) async throws {
        let (facts, report) = try await Screening.facts(of: recording)
        let middle = try #require(facts.duration, "\(recording): the duration is not finite") / 2
        let there = try #require(facts.soughtTo)
        #expect(abs(there - middle) <= 0.05, "\(recording): sought to \(there) instead of \(middle) s")
        // HAVE_CURRENT_DATA
        #expect(facts.readyState ?? 0 >= 2, "\(recording): nothing is decoded in the middle")
        let played = try #require(facts.playedTo)
        #expect(played >= middle + 0.25, "\(recording): playing from \(middle) came to \(played) s")
        guard let video = report.video else { return }
        // The frame on screen is the last one before the middle; a browser's camera sends frames at a variable rate.
        let frame = try #require(facts.frameTime, "\(recording): no frame was shown in the middle")
        // A picture that stopped before the middle keeps showing its last frame.
        let expected = min(middle, Double(video.endMs) / 1000) - (video.frameGapMs?.max ?? 0) / 1000
        #expect(frame <= middle + 0.05 && frame >= expected - 0.05, "\(recording): frame of \(frame) s")
        #expect(facts.paintedRatio == 1, "\(recording): the picture in the middle is not all there")
    }
}
