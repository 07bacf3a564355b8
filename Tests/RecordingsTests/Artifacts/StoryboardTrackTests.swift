import Recordings
import Testing

struct StoryboardTrackTests {
    private func storyboard(_ times: [Int]) -> Storyboard {
        Storyboard(
            file: ArtifactFile(mediaType: "image/jpeg"), width: 1600, height: 180, tileWidth: 160, tileHeight: 90, columns: 10,
            tiles: times.map { .init(atMs: $0) })
    }

    @Test func `cues are contiguous, change halfway, and end exactly at the duration`() {
        #expect(
            storyboard([0, 3000, 6100]).webVTT(image: "s.jpg", durationMs: 7021) == """
                WEBVTT

                00:00:00.000 --> 00:00:01.500
                s.jpg#xywh=0,0,160,90

                00:00:01.500 --> 00:00:04.550
                s.jpg#xywh=160,0,160,90

                00:00:04.550 --> 00:00:07.021
                s.jpg#xywh=320,0,160,90

                """)
    }

    @Test func `the eleventh tile begins the second row`() {
        let track = storyboard(Array(stride(from: 0, to: 22_000, by: 2000))).webVTT(image: "s.jpg", durationMs: 3_723_004)
        #expect(track.contains("s.jpg#xywh=0,90,160,90"))
        #expect(track.hasSuffix("--> 01:02:03.004\ns.jpg#xywh=0,90,160,90\n"))
    }

    @Test func `no cue goes backwards or past the end`() {
        let track = storyboard([0, 500, 9000]).webVTT(image: "s.jpg", durationMs: 600)
        #expect(track.contains("00:00:00.250 --> 00:00:00.600"))
        #expect(!track.contains("00:00:04"))
    }
}
