import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// Recordings that point to another file or address: nothing is ever opened for them. The tests run without the sandbox, so that the
/// inspection itself must refuse it.
@Suite(.tags(.media))
struct ReferenceTests {
    private static func withCanary(_ body: (Canary, FilePath) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let neighbour = folder.appending("neighbour.webm")
            try FileManager.default.copyItem(atPath: Fixtures.recording("audio-only.webm").string, toPath: neighbour.string)
            try await body(try Canary(path: neighbour), folder)
        }
    }

    @Test func `The canary notices that its file is opened and that its port is called`() async throws {
        try await Self.withCanary { canary, _ in
            #expect(!canary.wasTouched())
            _ = try FileDescriptor.open(canary.path, .readOnly).close()
            #expect(canary.wasTouched())
            #expect(!canary.wasTouched())
            // FFmpeg's own tool does what the inspection must not do.
            _ = try? await FFmpegTool.probe(FilePath("concat:\(canary.path)"), entries: "format=duration")
            #expect(canary.wasTouched())
            _ = try? await FFmpegTool.probe(FilePath("http://\(canary.address)/x"), entries: "format=duration", ["-rw_timeout", "1"])
            #expect(canary.wasTouched())
        }
    }

    /// The ways in which a text can point: to a path beside it, to an absolute path, and to the network.
    private static func texts(path: String, address: String) -> [(String, String)] {
        ["neighbour.webm", path, "file://\(path)", "http://\(address)/x.webm"].flatMap { target in
            [
                ("hls", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MAP:URI=\"\(target)\"\n#EXTINF:10,\n\(target)\n#EXT-X-ENDLIST\n"),
                ("hls with a key", "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"\(target)\"\n#EXTINF:10,\n\(target)\n#EXT-X-ENDLIST\n"),
                ("hls master", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n\(target)\n"),
                ("ffconcat", "ffconcat version 1.0\nfile '\(target)'\n"), ("concat", "file '\(target)'\n"),
                (
                    "dash",
                    """
                    <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><Period>
                    <AdaptationSet mimeType="video/webm"><Representation id="1" bandwidth="1"><BaseURL>\(target)</BaseURL></Representation>
                    </AdaptationSet></Period></MPD>
                    """
                ),
                ("smooth", "<SmoothStreamingMedia><StreamIndex Url=\"\(target)\"/></SmoothStreamingMedia>"),
                ("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=control:\(target)\n"),
                ("asx", "<ASX version=\"3.0\"><ENTRY><REF HREF=\"\(target)\"/></ENTRY></ASX>"), ("pls", "[playlist]\nFile1=\(target)\n"),
                ("redirect", "rtsptext\(target)\n"), ("imf", "<?xml version=\"1.0\"?><AssetMap><Path>\(target)</Path></AssetMap>"),
                ("mlv", "MLVI\(target)"), ("vobsub", "# VobSub index file, v7\nid: en, index: 0\n\(target)\n"),
                ("svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"\(target)\"/></svg>"),
            ].map { ("\($0.0) to \(target)", $0.1) }
        }
    }

    @Test func `A playlist, a script or a manifest is not a recording, and no file is opened for it`() async throws {
        try await Self.withCanary { canary, folder in
            for (name, text) in Self.texts(path: canary.path.string, address: canary.address) {
                // Also with something in front: a byte order mark, a blank, or a tag as it stands before sound.
                for start in ["", "\u{FEFF}", "\n", "ID3\u{4}\0\0\0\0\0\0"] {
                    let path = folder.appending("answer.webm")
                    try (start + text).write(toFile: path.string, atomically: false, encoding: .utf8)
                    let report = try await Inspected.report(of: path, request: InspectionRequest(declaredType: "application/x-mpegURL"))
                    #expect(report.outcome == .unusable, "\(name)")
                    #expect(!canary.wasTouched(), "\(name)")
                }
            }
        }
    }

    @Test(arguments: ["img-%03d.jpg", "img-001.jpg"])
    func `A name with a number pattern is one file and no series of pictures`(name: String) async throws {
        try await Self.withCanary { canary, folder in
            let path = folder.appending(name)
            try FileManager.default.copyItem(atPath: Fixtures.recording("chrome-vp8-opus.webm").string, toPath: path.string)
            #expect(try await Inspected.report(of: path).outcome == .usable)
            #expect(!canary.wasTouched())
        }
    }

    @Test(arguments: [true, false])
    func `The other file of a QuickTime reference movie is not opened`(isAlias: Bool) async throws {
        try await Self.withCanary { canary, folder in
            let whole = folder.appending("whole.mov")
            try await FFmpegTool.make(whole, Generated.picture + Generated.h264)
            let path = folder.appending("answer.mov")
            let reference = isAlias ? MovieReference.alias(to: canary.path) : MovieReference.url(to: canary.path)
            let bytes = try MovieReference.pointing(Array(Data(contentsOf: URL(filePath: whole.string))), at: reference)
            try Data(bytes).write(to: URL(filePath: path.string))
            // The reference is valid: FFmpeg's tool follows it if told to.
            _ = try? await FFmpegTool.probe(path, entries: "packet=pos", ["-enable_drefs", "1", "-use_absolute_path", "1"])
            if isAlias { #expect(canary.wasTouched()) }
            _ = try await Inspected.report(of: path)
            #expect(!canary.wasTouched())
        }
    }

    @Test func `Attachments and linked files of a Matroska file are not opened`() async throws {
        try await Self.withCanary { canary, folder in
            let path = folder.appending("answer.mkv")
            let playlist = folder.appending("list.m3u8")
            try "#EXTM3U\n#EXTINF:9,\n\(canary.path)\n".write(toFile: playlist.string, atomically: false, encoding: .utf8)
            try await FFmpegTool.make(
                path,
                Generated.picture + Generated.h264 + [
                    "-attach", playlist.string, "-metadata:s:t", "mimetype=application/x-mpegURL", "-metadata",
                    "SEGMENT_FILENAME=\(canary.path)",
                ])
            var bytes = try Array(Data(contentsOf: URL(filePath: path.string)))
            // NextFilename and NextUID within the segment's information, in place of its padding.
            let next = Array(canary.path.string.utf8)
            if let void = bytes.firstRange(of: [0xEC])?.lowerBound, void + 20 + next.count < bytes.count {
                bytes.replaceSubrange(void..<void + 3, with: [0x3E, 0x83, 0xBB])
            }
            try Data(bytes).write(to: URL(filePath: path.string))
            _ = canary.wasTouched()
            _ = try await Inspected.report(of: path)
            #expect(!canary.wasTouched())
        }
    }

    @Test func `A container that is not in the whitelist reaches no demuxer`() async throws {
        try await TemporaryFolder.with { folder in
            for (ending, codecs) in [("flv", ["-c:v", "flv1"]), ("nut", ["-c:v", "mpeg4"]), ("y4m", []), ("asf", ["-c:v", "mpeg4"])] {
                let path = folder.appending("answer.\(ending)")
                try await FFmpegTool.make(path, Generated.picture + codecs)
                #expect(try await Inspected.report(of: path).reason?.code == .notMedia, "\(ending)")
            }
        }
    }

    @Test func `A codec that is not in the whitelist reaches no decoder`() async throws {
        try await TemporaryFolder.with { folder in
            for codec in ["ffv1", "huffyuv", "snow", "png", "utvideo"] {
                let path = folder.appending("\(codec).mkv")
                try await FFmpegTool.make(path, Generated.picture + ["-c:v", codec, "-strict", "-2"])
                #expect(try await Inspected.report(of: path).reason?.code == .noDecodableStream, "\(codec)")
            }
        }
    }
}
