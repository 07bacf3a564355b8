import Foundation
import Inspection
import Recordings
import SystemPackage
import TestSupport
import Testing

/// Each container with the codecs that are usual in it, compared with ffprobe and MediaInfo.
@Suite(.tags(.media))
struct ContainerTests {
    @Test(
        "A complete recording matches MediaInfo and ffprobe, raises no flag, and has a playback copy where browsers play it",
        arguments: MadeContainer.all)
    func complete(_ made: MadeContainer) async throws {
        try await made.with { path in
            let request = InspectionRequest(declaredType: path.extension.flatMap(MediaType.claimed(byExtension:)))
            try await Inspected.with(path, request: request) { inspected in
                _ = try inspected.report.validated(limits: request.limits)
                try describes(inspected.report, made)
                let packets = try await PacketTable(path)
                #expect(abs(Double(try #require(inspected.report.durationMs)) - packets.spanMs) <= 1)
                #expect(inspected.report.video?.frames ?? 0 == packets.frames)
                #expect(inspected.report.video?.keyframes ?? 0 == packets.keyframes)
                try agrees(inspected.report, try await MediaInfo.of(path), made)
                try await plays(inspected, packets, made)
            }
        }
    }

    private func describes(_ report: Report, _ made: MadeContainer) throws {
        #expect(report.outcome == .usable)
        #expect(report.container.format == made.format)
        #expect(report.container.locationPresent == false)
        #expect((report.video?.codec, report.audio?.codec) == (made.video, made.audio))
        let absent = [made.video == nil ? Flag.Name.noVideo : nil, made.audio == nil ? .noAudio : nil].compactMap(\.self)
        #expect(Set(report.flags.map(\.name)) == Set(absent))
        #expect((report.artifacts.poster != nil, report.artifacts.waveform != nil) == (made.video != nil, made.audio != nil))
    }

    private func agrees(_ report: Report, _ witness: MediaInfo, _ made: MadeContainer) throws {
        #expect(witness.track("General")?.format == made.mediaInfo)
        // It leaves out the last frame's length in some containers and a coder's delay in others, and guesses for ADPCM.
        if let seconds = witness.track("General")?.duration.flatMap(Double.init), made.audio != "adpcm_ms" {
            #expect(abs(seconds * 1000 - Double(try #require(report.durationMs))) <= 150)
        }
        let (video, audio) = (witness.track("Video"), witness.track("Audio"))
        #expect((video == nil, audio == nil) == (report.video == nil, report.audio == nil))
        if let video, let found = report.video {
            #expect((video.width, video.height) == ("\(found.codedWidth)", "\(found.codedHeight)"))
            // In AVI it counts the places in the index, in MPEG-2 from the first whole group.
            if let frames = video.frames.flatMap(Int.init) { #expect(abs(frames - found.frames) <= 2) }
        }
        if let audio, let found = report.audio {
            #expect(audio.sampleRate == "\(found.sampleRate)")
            // Of Opus in MP4 it does not say.
            #expect(audio.channels == nil || audio.channels == "\(found.channels)")
        }
    }

    private func plays(_ inspected: Inspected, _ source: PacketTable, _ made: MadeContainer) async throws {
        let isPlayable = [nil, "h264", "vp8"].contains(made.video) && ["aac", "mp3", "opus", "vorbis"].contains(made.audio)
        guard isPlayable else { return #expect(inspected.report.artifacts.playback == nil) }
        let copy = try #require(inspected.report.artifacts.playback)
        let packets = try await PacketTable(inspected.path(.playback))
        #expect(packets.frames == source.frames)
        #expect(abs(packets.spanMs - Double(copy.durationMs)) <= 30)
    }
}

/// Tracks of other kinds than picture and sound: which of them say where the camera was.
@Suite(.tags(.media))
struct TimedPlaceTests {
    /// One value's name and number in a description of timed metadata.
    private static func named(_ key: String) -> [UInt8] {
        MovieEdit.box("keys", MovieEdit.box("\0\0\0\u{1}", MovieEdit.box("keyd", Array("mdta\(key)".utf8))))
    }

    @Test func `A track of locations sets location_present; one of time codes or of the phone's attitude does not`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.mov")
            try await FFmpegTool.make(
                path, Generated.picture + Generated.tone + Generated.h264 + ["-c:a", "aac", "-timecode", "01:00:00:00"])
            let file = try Array(Data(contentsOf: URL(filePath: path.string)))
            let timeCodes = try await Inspected.report(ofBytes: file)
            #expect(timeCodes.outcome == .usable && timeCodes.container.locationPresent == false)
            let tracks: [(type: String, content: [UInt8], isOfPlaces: Bool)] = [
                ("mebx", Self.named("com.apple.quicktime.location.ISO6709"), true),
                ("mebx", Self.named("com.apple.quicktime.video-orientation"), false),
                ("gpmd", [0, 0, 0, 0], true), ("camm", [], true), ("text", [], false),
            ]
            for (type, content, isOfPlaces) in tracks {
                let other = try MovieEdit.describingTimeCodes(in: file, as: type, content)
                let report = try await Inspected.report(ofBytes: other)
                #expect(report.outcome == .usable && report.video != nil && report.audio != nil)
                #expect(report.container.locationPresent == isOfPlaces, "\(type)")
            }
        }
    }
}

@Suite(.tags(.media))
struct SniffingTests {
    @Test func `A tag of any size in front of sound does not hide the format`() async throws {
        for (ending, codec, cover) in [("mp3", "libmp3lame", 600), ("mp3", "libmp3lame", 20), ("aac", "aac", 20)] {
            try await TemporaryFolder.with { folder in
                let path = folder.appending("tagged.\(ending)")
                // A cover picture makes the tag larger than what is looked at first.
                let picture = ["-f", "lavfi", "-i", "testsrc2=size=\(cover)x\(cover):rate=1:duration=1"]
                let pictures = ["-map", "1", "-map", "0", "-c:v", "mjpeg", "-disposition:v", "attached_pic", "-frames:v", "1"]
                try await FFmpegTool.make(
                    path, picture + Generated.tone + (ending == "mp3" ? pictures : ["-map", "1", "-write_id3v2", "1"]) + ["-c:a", codec])
                let report = try await Inspected.report(of: path)
                #expect(report.container.format == ending)
                // The cover is not counted as the answer's picture.
                #expect(report.video == nil && report.faults == [.noVideo])
                #expect(report.artifacts.poster == nil)
                #expect(report.warnings == [])
            }
        }
    }

    @Test("A cover picture is not taken for a video", arguments: ["m4a", "mp4", "mkv"])
    func cover(_ ending: String) async throws {
        try await TemporaryFolder.with { folder in
            let (picture, path) = (folder.appending("cover.jpg"), folder.appending("song.\(ending)"))
            try await FFmpegTool.make(picture, ["-f", "lavfi", "-i", "testsrc2=size=320x240", "-frames:v", "1"])
            let attached =
                ending == "mkv"
                ? ["-attach", picture.string, "-metadata:s:t", "mimetype=image/jpeg"]
                : ["-i", picture.string, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", "sine=duration=3"] + attached + ["-c:a", "aac"])
            let report = try await Inspected.report(of: path)
            #expect(report.video == nil && report.audio?.codec == "aac")
            #expect(report.faults == [.noVideo])
        }
    }

    @Test func `A few bytes that look like the beginning of sound or of a transport stream are not taken for one`() async throws {
        var generator = SplitMix(state: 5)
        let noise = (0..<4000).map { _ in UInt8.random(in: 0...0x46, using: &generator) }
        for start: [UInt8] in [[0x47], [0xFF, 0xFB, 0x90, 0x64], [0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC], Array("RIFF....WAX".utf8)] {
            #expect(try await Inspected.report(ofBytes: start + noise).reason?.code == .notMedia)
        }
    }
}
