import Foundation
import Postgres
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a recording tells of its owner beside picture and sound stays in the recording: through the real program, searched for in
/// everything that comes out of it.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct PrivacyTests {
    /// Each is found nowhere else. The place is a candidate's door.
    private static let words = [
        "title": "Zqtitle", "comment": "Zqcomment", "artist": "Zqartist", "make": "Zqmake", "model": "Zqmodel", "encoder": "Zqencoder",
        "service_name": "Zqservice", "com.apple.quicktime.model": "Zqmodel",
    ]
    private static let place = ["location": "+52.5219+013.4132/", "com.apple.quicktime.location.ISO6709": "+52.5219+013.4132/"]

    private struct Container {
        var ending: String
        var arguments: [String]
        var holdsPlace = true
    }

    private static let containers = [
        Container(ending: "webm", arguments: ["-c:v", "libvpx", "-c:a", "libopus"]),
        Container(ending: "mkv", arguments: ["-c:v", "libx264", "-c:a", "aac"]),
        Container(ending: "mp4", arguments: ["-c:v", "libx264", "-c:a", "aac"]),
        Container(ending: "mp4", arguments: ["-c:v", "libx264", "-c:a", "aac", "-movflags", "use_metadata_tags+faststart"]),
        Container(ending: "mov", arguments: ["-c:v", "libx264", "-c:a", "aac"]),
        Container(ending: "mov", arguments: ["-c:v", "mjpeg", "-c:a", "pcm_s16le", "-movflags", "use_metadata_tags"]),
        Container(ending: "m4a", arguments: ["-vn", "-c:a", "aac"]),
        Container(ending: "3gp", arguments: ["-c:v", "mpeg4", "-c:a", "aac"]),
        Container(ending: "avi", arguments: ["-c:v", "mpeg4", "-c:a", "libmp3lame"], holdsPlace: false),
        Container(ending: "ts", arguments: ["-c:v", "libx264", "-c:a", "aac"], holdsPlace: false),
        Container(ending: "ogg", arguments: ["-vn", "-c:a", "libvorbis"]),
        Container(ending: "ogg", arguments: ["-vn", "-c:a", "libopus"]),
        Container(ending: "mp3", arguments: ["-vn", "-c:a", "libmp3lame"]),
        Container(ending: "wav", arguments: ["-vn", "-c:a", "pcm_s16le"], holdsPlace: false),
        Container(ending: "aac", arguments: ["-vn", "-c:a", "aac", "-write_id3v2", "1"]),
    ]

    private static func make(_ path: FilePath, _ container: Container, _ tags: [String: String]) async throws {
        let source = [
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1:sample_rate=48000",
        ]
        let metadata = tags.sorted { $0.key < $1.key }.flatMap { ["-metadata", "\($0.key)=\($0.value)"] }
        let made = try await Subprocess.run(
            .path("/usr/bin/ffmpeg"), arguments: Arguments(["-v", "error"] + source + container.arguments + metadata + [path.string]),
            output: .discarded, error: .string(limit: 1 << 16))
        try #require(made.terminationStatus.isSuccess, "\(made.standardError)")
    }

    /// The seeds that are in these bytes.
    private static func found(in bytes: Data) -> [String] {
        (Set(words.values) + ["52.5219", "013.4132"]).filter { bytes.range(of: Data($0.utf8)) != nil }
    }

    @Test func `no word of a recording's metadata comes out of it, and of its place only that there is one`() async throws {
        try await Product.with { product in
            var files: [FilePath] = []
            for (number, container) in Self.containers.enumerated() {
                let (placed, other, cut) = (
                    product.data.appending("\(number)-a.\(container.ending)"), product.data.appending("\(number)-b.\(container.ending)"),
                    product.data.appending("\(number)-c.\(container.ending)")
                )
                try await Self.make(placed, container, Self.words.merging(Self.place) { $1 })
                // The near miss: all the same words, and no place.
                try await Self.make(other, container, Self.words)
                let bytes = try Data(contentsOf: URL(filePath: placed.string))
                #expect(!Self.found(in: bytes).isEmpty, "\(container.ending) carries none of it")
                // What is broken makes FFmpeg talk.
                try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: cut.string))
                files += [placed, other, cut]
            }
            try await product.bringIn(files)
            var said = Data()
            try await product.withWorker(slots: 2, variables: ["DAILIES_LOG_LEVEL": "debug"]) { worker in
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
                let log = Data(worker.said.utf8)
                #expect(!log.isEmpty && Self.found(in: log).isEmpty, "the log says \(Self.found(in: log))")
            }
            try await product.expectWhole(responses: files.count)
            said = Data(try await product.run("answers", "--json").output.utf8)
            for text in [
                try await product.value("SELECT string_agg(r::text, ' ') FROM dailies.review_records r") as String,
                try await product.value("SELECT coalesce(string_agg(r::text, ' '), '') FROM dailies.renditions r"),
                try await product.value("SELECT string_agg(o::text, ' ') FROM dailies.outbox o"),
                try await product.value("SELECT string_agg(h::text, ' ') FROM dailies.job_history h"),
            ] { said += Data(text.utf8) }
            #expect(said.count > 10_000 && Self.found(in: said).isEmpty, "a record says \(Self.found(in: said))")
            try await expectSilentArtifacts(product)
            try await expectPlaces(product, files)
        }
    }

    private func expectSilentArtifacts(_ product: Product) async throws {
        let storage = try await FolderStorage.open(product.data.appending("storage"))
        let rows = try await product.pool.query("SELECT kind, key FROM dailies.artifacts").decode((String.self, String.self))
        #expect(Set(rows.map { $0.0 }).isSuperset(of: ["poster", "storyboard", "waveform", "playback", "rendition"]))
        for (kind, key) in rows {
            let file = try await storage.openArtifact(try StorageKey(key))
            let bytes = Data(try FileHandle(fileDescriptor: dup(file.descriptor.rawValue), closeOnDealloc: true).readToEnd() ?? Data())
            #expect(!bytes.isEmpty && Self.found(in: bytes).isEmpty, "a \(kind) says \(Self.found(in: bytes))")
        }
    }

    private func expectPlaces(_ product: Product, _ files: [FilePath]) async throws {
        let rows = try await product.pool.query(
            """
            SELECT r.id, (v.report #> '{container,location_present}')::text FROM dailies.responses r
            JOIN dailies.review_records v ON v.response_id = r.id ORDER BY r.id
            """
        ).decode((Int64.self, String?.self))
        #expect(rows.count == files.count)
        for (index, row) in rows.enumerated() where index % 3 < 2 {
            let container = Self.containers[index / 3]
            let expected = index % 3 == 0 && container.holdsPlace
            #expect(row.1 == "\(expected)", "\(files[index].lastComponent?.string ?? ""), answer \(row.0)")
        }
    }
}
