import Foundation
import Inspection
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.media))
struct UnusableRecordingTests {
    @Test func `An empty file has the reason empty`() async throws {
        let report = try await Inspected.report(ofBytes: [])
        #expect(report.outcome == .unusable)
        #expect(report.reason == UnusableReason(.empty))
    }

    @Test func `Noise, text and pictures are not recordings`() async throws {
        var generator = SplitMix(state: 7)
        let noise = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 0, count: 4096)
        for bytes in [noise, Array("My answer is in the other file.\n".utf8), png, [0x1A], Array("<html>".utf8)] {
            let report = try await Inspected.report(ofBytes: bytes)
            #expect(report.reason?.code == .notMedia)
            #expect(report.flags.isEmpty && report.artifacts == ReportArtifacts())
        }
    }

    @Test func `A playlist with a video's name opens no other file`() async throws {
        try await TemporaryFolder.with { folder in
            let secret = folder.appending("neighbour.webm")
            try FileManager.default.copyItem(atPath: Fixtures.recording("audio-only.webm").string, toPath: secret.string)
            let playlists = [
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(secret.string)\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '\(secret.string)'\n",
                "<?xml version=\"1.0\"?><MPD><BaseURL>\(secret.string)</BaseURL></MPD>",
            ]
            for (number, text) in playlists.enumerated() {
                let path = folder.appending("answer-\(number).webm")
                try text.write(toFile: path.string, atomically: false, encoding: .utf8)
                let report = try await Inspected.report(of: path)
                #expect(report.reason?.code == .notMedia)
            }
        }
    }

    @Test(
        "A recording that ends within its header has the reason header_only", arguments: ["chrome-vp8-opus.webm", "chrome-h264-opus.mp4"])
    func headerOnly(_ name: String) async throws {
        let bytes = try Fixtures.bytes(name)
        for count in [40, 120, 300] {
            let report = try await Inspected.report(ofBytes: Array(bytes.prefix(count)))
            #expect(report.reason?.code == .headerOnly, "\(count) bytes")
        }
    }

    @Test func `An MP4 without its index has the reason index_missing`() async throws {
        // ftyp, then media data, and then nothing: what a recorder leaves that was killed.
        let type = Array("ftypisom".utf8) + [0, 0, 2, 0] + Array("isom".utf8)
        let data = Array("mdat".utf8) + Array(repeating: UInt8(7), count: 5000)
        func box(_ content: [UInt8]) -> [UInt8] { withUnsafeBytes(of: UInt32(content.count + 4).bigEndian, Array.init) + content }
        let report = try await Inspected.report(ofBytes: box(type) + box(data))
        #expect(report.reason?.code == .indexMissing)
    }

    @Test func `Each limit has its own reason`() async throws {
        let path = Fixtures.recording("chrome-vp9-720p.webm")
        func reason(_ change: (inout InspectionLimits) -> Void) async throws -> UnusableReason.Code? {
            var request = InspectionRequest()
            change(&request.limits)
            return try await Inspected.report(of: path, request: request).reason?.code
        }
        #expect(try await reason { $0.recordingBytes = 1_000_000 } == .tooLarge)
        #expect(try await reason { $0.durationSeconds = 10 } == .tooLong)
        #expect(try await reason { $0.pixels = 640 * 480 } == .tooManyPixels)
        #expect(try await reason { $0.packets = 100 } == .tooManyPackets)
        #expect(try await reason { $0.streams = 1 } == .tooManyStreams)
        #expect(try await reason { $0.artifactBytes = 100_000 } == .outputTooLarge)
        #expect(try await reason { _ in } == nil)
    }

    @Test func `A recording exactly at a limit is accepted`() async throws {
        let path = Fixtures.recording("chrome-vp9-720p.webm")
        var request = InspectionRequest()
        let whole = try await Inspected.report(of: path, request: request)
        request.limits.recordingBytes = Int64(try Fixtures.bytes("chrome-vp9-720p.webm").count)
        request.limits.durationSeconds = (try #require(whole.durationMs) + 999) / 1000
        request.limits.pixels = 1280 * 720
        request.limits.streams = 2
        request.limits.packets = try await FFmpegTool.probe(path, entries: "packet=size").count
        #expect(try await Inspected.report(of: path, request: request).outcome == .usable)
        request.limits.packets -= 1
        #expect(try await Inspected.report(of: path, request: request).reason?.code == .tooManyPackets)
    }

    @Test("An MP4 with more tracks than allowed is refused for that", arguments: ["mp4", "mkv"])
    func streams(_ ending: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("tracks.\(ending)")
            try await FFmpegTool.make(path, Generated.picture + Generated.h264 + Array(repeating: ["-map", "0:v"], count: 6).joined())
            var request = InspectionRequest()
            request.limits.streams = 6
            #expect(try await Inspected.report(of: path, request: request).outcome == .usable)
            request.limits.streams = 5
            #expect(try await Inspected.report(of: path, request: request).reason?.code == .tooManyStreams)
        }
    }

    @Test("A picture that is larger than its header says is refused before it is decoded", arguments: ["vp8", "vp9", "h264"])
    func frameLargerThanHeader(_ codec: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("large.mkv")
            let encoder = ["vp8": "libvpx", "vp9": "libvpx-vp9", "h264": "libx264"][codec] ?? codec
            let draw = ["-f", "lavfi", "-i", "testsrc2=size=1024x768:rate=10:duration=1", "-pix_fmt", "yuv420p"]
            try await FFmpegTool.make(path, draw + ["-c:v", encoder, "-g", "5"])
            var bytes = try Fixtures.bytes(at: path)
            // PixelWidth and PixelHeight, which then say 16x16; and, for the decoders that probing opens, nothing at all.
            for (width, height) in [(16, 16), (0, 0)] {
                bytes = try MatroskaEdit.sized(bytes, width: width, height: height)
                var request = InspectionRequest()
                try Data(bytes).write(to: URL(filePath: path.string))
                guard await FFmpegTool.reads(path) else {
                    // Newer demuxers refuse a header that gives no size, and then nothing is opened for probing either.
                    #expect(width == 0)
                    #expect(try await Inspected.report(ofBytes: bytes, request: request).reason?.code == .headerOnly)
                    continue
                }
                request.limits.pixels = 1024 * 768
                #expect(try await Inspected.report(ofBytes: bytes, request: request).outcome == .usable)
                request.limits.pixels = 1024 * 768 - 1
                #expect(try await Inspected.report(ofBytes: bytes, request: request).reason?.code == .tooManyPixels, "\(width)")
            }
        }
    }

    @Test func `Every reason has its own sentence, which names no program and no machine`() {
        let sentences = UnusableReason.Code.allCases.map(\.sentence)
        #expect(Set(sentences).count == sentences.count)
        for sentence in sentences {
            #expect(sentence.hasSuffix(".") && sentence.count < 160, "\(sentence)")
            for word in ["FFmpeg", "inspector", "CPU", "SIG", "packet"] { #expect(!sentence.contains(word), "\(sentence)") }
        }
    }

    @Test func `Streams without a decoder have a reason of their own`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("subtitles.mkv")
            let text = folder.appending("lines.srt")
            try "1\n00:00:00,000 --> 00:00:02,000\nHello\n".write(toFile: text.string, atomically: false, encoding: .utf8)
            try await FFmpegTool.make(path, ["-i", text.string])
            #expect(try await Inspected.report(of: path).reason?.code == .noDecodableStream)
        }
    }

    @Test func `A recording that cannot be read is the machine's fault, not the recording's`() throws {
        let folder = try FileDescriptor.open("/tmp", .readOnly)
        defer { try? folder.close() }
        #expect(throws: InspectionError.self) {
            try Inspection.inspect(recording: folder, request: InspectionRequest())
        }
    }

    @Test func `An artifact that cannot be written is the machine's fault`() async throws {
        let recording = try FileDescriptor.open(Fixtures.recording("chrome-vp8-opus.webm"), .readOnly)
        let full = try FileDescriptor.open("/dev/full", .readWrite)
        defer {
            try? recording.close()
            try? full.close()
        }
        for artifacts in [ArtifactDescriptors(poster: full), ArtifactDescriptors(waveform: full), ArtifactDescriptors(playback: full)] {
            #expect(throws: InspectionError.self) {
                try Inspection.inspect(recording: recording, request: InspectionRequest(), artifacts: artifacts)
            }
        }
    }
}

/// Steele, Lea and Flood's generator: the same noise in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
