import Foundation
import Postgres
import Recordings
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The way of one answer through the real program: imported or inserted, inspected, reviewable.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct WayOfAnAnswerTests {
    @Test func `real browser recordings become review records`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let manifest = Product.project.appending("deploy/samples/answers.csv").string
            let imported = try await product.run("import", manifest)
            #expect(imported.code == 0, "\(imported.error)")
            #expect(imported.output.contains("18 of 18 answers are in."))
            let again = try await product.run("import", manifest)
            #expect(again.code == 0, "\(again.error)")

            let up = try await product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            try await product.expectWhole(responses: 18)
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 18)
            #expect(try await product.value("SELECT count(*) FROM dailies.artifacts WHERE kind = 'playback'") == 18)
            let faults = try await product.pool.query(
                """
                SELECT f.name FROM dailies.flags f WHERE f.severity = 'fault' GROUP BY f.name ORDER BY f.name
                """)
            let names = try faults.map { row in try row.decode(at: 0, as: String.self) }
            #expect(names == ["camera_covered", "mic_muted", "no_audio", "no_video", "truncated", "video_frozen"])

            let answers = try await product.run("answers")
            #expect(answers.output.contains("The microphone recorded nothing."))
            #expect(answers.output.contains("18 answers: 18 reviewable"))
            let posters = product.data.appending("posters")
            // Twice, because the second time every link is there already.
            for _ in 1...2 {
                let listed = try await product.run("answers", "--posters", posters.string)
                #expect(listed.code == 0, "\(listed.error)")
                #expect(listed.output.contains("The posters are in \(posters)."))
            }
            let links = try FileManager.default.contentsOfDirectory(atPath: posters.string)
            #expect(links.count == (try await product.value("SELECT count(*) FROM dailies.artifacts WHERE kind = 'poster'")))
            for link in links {
                #expect(try Data(contentsOf: URL(filePath: posters.appending(link).string)).starts(with: [0xFF, 0xD8]))
            }
            let status = try await product.run("status", "--json")
            #expect(status.output.contains("\"reviewable\" : 18"))
        }
    }

    @Test func `a row that another program inserts is processed by a running worker`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let uploads = product.data.appending("storage/uploads")
            try FileManager.default.createDirectory(atPath: uploads.string, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: Fixtures.recording("chrome-vp9-opus.webm").string, toPath: uploads.appending("answer.webm").string)
            try await product.running("work") { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.workers")
                try await product.pool.execute("INSERT INTO dailies.candidates (name, email) VALUES ('Ada', 'ada@example.org')")
                try await product.pool.execute(
                    "INSERT INTO dailies.interviews (role_id, candidate_id) SELECT r.id, c.id FROM dailies.roles r, dailies.candidates c")
                try await product.pool.execute(
                    """
                    INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                    SELECT i.id, q.id, 'uploads/answer.webm' FROM dailies.interviews i, dailies.questions q WHERE q.position = 2
                    """)
                try await product.until("SELECT count(*) = 1 FROM dailies.answers WHERE status = 'reviewable'")
                kill(worker, SIGTERM)
            }
            let duration: Int = try await product.value("SELECT duration_ms FROM dailies.review_records")
            #expect(abs(duration - 14_030) <= 40)
        }
    }

    @Test func `what cannot be reviewed is said in words, and the worker goes on`() async throws {
        try await Product.with { product in
            // A file that is not there has its verdict at once.
            var product = product
            product.settings["DAILIES_FILE_WAIT_MINUTES"] = "0"
            let bad = product.data.appending("bad")
            let files = try BadRecordings.write(into: bad)
            try await product.bringIn(files.map(\.path) + [Fixtures.recording("chrome-vp8-opus.webm")])
            // What an import never lets in: keys that lead to nothing and to a folder.
            try FileManager.default.createDirectory(
                atPath: product.data.appending("storage/folder").string, withIntermediateDirectories: true)
            for key in ["nothing/here.webm", "folder"] {
                try await product.pool.execute(
                    "SELECT dailies.submit_response('deep-learning-engineer', '20', 'Bo', 'bo@example.org', \(key))")
            }
            let up = try await product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            try await product.expectWhole(responses: files.count + 3)
            let rows = try await product.pool.query(
                """
                SELECT r.recording_key, r.declared_sha256, rr.reason, rr.report #>> '{reason,message}' AS message
                FROM dailies.responses r JOIN dailies.review_records rr ON rr.response_id = r.id ORDER BY r.id
                """)
            let found = try rows.map { row in (try row.decode("reason", as: String?.self), try row.decode("message", as: String?.self)) }
            #expect(found.map(\.0) == files.map(\.reason.rawValue) + [nil, "missing", "not_media"])
            for message in found.map(\.1) where message != nil {
                #expect(message?.hasSuffix(".") == true && message?.contains("Ask") == true, "\(message ?? "")")
            }
        }
    }

    @Test func `a recording that differs from what its sender announced is flagged`() async throws {
        try await Product.with { product in
            // A file that is too short is looked into as it is.
            var product = product
            product.settings["DAILIES_FILE_WAIT_MINUTES"] = "0"
            let recording = Fixtures.recording("audio-only.webm")
            try await product.bringIn([recording])
            let bytes = Int64(try Data(contentsOf: URL(filePath: recording.string)).count)
            let descriptor = try FileDescriptor.open(recording, .readOnly)
            let digest = try await OpenedFile.sha256(of: descriptor)
            try descriptor.close()
            let other = String(digest.reversed())
            let announced: [(bytes: Int64, digest: String, flags: String)] = [
                (bytes, digest, "no_video"), (bytes, other, "data_missing no_video"), (bytes + 1000, digest, "no_video truncated"),
                // One fault explains the other.
                (bytes + 1000, other, "no_video truncated"),
            ]
            for (index, one) in announced.enumerated() {
                try await product.pool.execute(
                    """
                    INSERT INTO dailies.responses (interview_id, question_id, recording_key, declared_bytes, declared_sha256)
                    SELECT interview_id, question_id + \(index + 1), recording_key, \(one.bytes), \(one.digest)
                    FROM dailies.responses ORDER BY id LIMIT 1
                    """)
            }
            let up = try await product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            let found = try await product.pool.query(
                """
                SELECT string_agg(name, ' ' ORDER BY name COLLATE "C") FROM dailies.flags GROUP BY response_id ORDER BY response_id
                """
            ).decode(String.self)
            #expect(found == ["no_video"] + announced.map(\.flags))
        }
    }

    @Test func `bad rows of a manifest are named by line, and the good ones go in`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let manifest = product.data.appending("answers.csv")
            let good = Fixtures.recording("audio-only.webm")
            try """
            role,question,candidate_name,candidate_email,file
            deep-learning-engineer,1,Ada,ada@example.org,\(good)
            deep-learning-engineer,21,Ada,ada@example.org,\(good)
            no-such-role,1,Ada,ada@example.org,\(good)
            deep-learning-engineer,2,Ada,not an address,\(good)
            deep-learning-engineer,2,Ada,ada@example.org,missing.webm
            deep-learning-engineer,,Ada,ada@example.org,\(good)
            deep-learning-engineer,dropout,Ada,ada@example.org,\(good)
            """.write(toFile: manifest.string, atomically: false, encoding: .utf8)
            let ending = try await product.run("import", manifest.string)
            #expect(ending.code == 65)
            #expect(ending.output.contains("2 of 7 answers are in."))
            for line in [3, 4, 5, 6, 7] { #expect(ending.error.contains("answers.csv, line \(line): "), "\(ending.error)") }
            #expect(try await product.value("SELECT count(*) FROM dailies.responses") == 2)
        }
    }

    @Test func `one file is inspected without a database`() async throws {
        try await Product.with { product in
            let out = product.data.appending("out")
            let good = try await product.run("inspect", Fixtures.recording("chrome-vp9-opus.webm").string, "--out", out.string)
            #expect(good.code == 0, "\(good.error)")
            let report = try Report(json: Data(good.output.utf8))
            #expect(report.outcome == .usable)
            let names = try FileManager.default.contentsOfDirectory(atPath: out.string).sorted()
            #expect(names == ["playback.webm", "poster.jpg", "storyboard.jpg", "storyboard.vtt", "waveform.json"])
            #expect(report.artifacts.storyboard?.vtt?.file == "storyboard.vtt")

            let text = product.data.appending("letter.webm")
            try "Dear hiring team".write(toFile: text.string, atomically: false, encoding: .utf8)
            let bad = try await product.run("inspect", text.string)
            #expect(bad.code == 65)
            #expect(bad.error.contains("not a video or sound recording"))
            #expect(try Report(json: Data(bad.output.utf8)).reason?.code == .notMedia)

            #expect(try await product.run("inspect", "/nowhere.webm").code == 66)
            #expect(try await product.run("inspect", product.data.string).code == 66)
        }
    }
}
