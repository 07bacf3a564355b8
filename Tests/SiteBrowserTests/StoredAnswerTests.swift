import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A browser, the real site, and a real S3 server that the site sends the browser to.
@Suite("An answer in a bucket", .tags(.browser, .database, .program, .server), .timeLimit(.minutes(5)))
struct StoredAnswerTests {
    private struct Seen: Decodable {
        /// How many colours the timeline is drawn in, for which scripts read the outline.
        var colours: Int
        var frames: Int
        /// By how many seconds each seek missed.
        var seeks: [Double]
        /// What the video element said was wrong.
        var error: String?
        /// At which part of the answer it was, just after its link failed; it went on playing from there.
        var reopened: Double
    }

    @Test("plays and is sought in the browser, which gets it from the store itself")
    func playing() async throws {
        let store = try await ObjectStore.running()
        let bucket = try await store.makeBucket()
        let proxy = try FaultyStore(before: store.port)
        try await Reviewing.withHouse { house in
            let result = try await Subprocess.run(
                .path("/usr/bin/python3"),
                arguments: [
                    FilePath(#filePath).removingLastComponent().appending("stored.py").string,
                    Fixtures.recording("chrome-vp8-opus.webm").string,
                ],
                environment: .inherit.updating([
                    "DAILIES_STORAGE": "s3://\(bucket)/answers", "DAILIES_S3_ENDPOINT": proxy.endpoint,
                    "AWS_ACCESS_KEY_ID": ObjectStore.accessKeyID, "AWS_SECRET_ACCESS_KEY": ObjectStore.secretAccessKey,
                ]), input: .string(house), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
            let seen = try JSONDecoder().decode(Seen.self, from: Data(result.standardOutput.utf8))
            #expect(seen.error == nil)
            #expect(seen.frames >= 10)
            #expect(seen.seeks.count == 3 && seen.seeks.allSatisfy { $0 < 0.5 }, "\(seen.seeks)")
            #expect(seen.reopened >= 0.5 && seen.reopened < 0.7, "it went on at \(seen.reopened)")
            #expect(seen.colours >= 4, "the timeline is drawn in \(seen.colours) colours")
        }
        // The browser's requests are those with a signature in their address, and without one in a header.
        let direct = proxy.requests.filter { $0.target.contains("X-Amz-Signature=") && $0.headers["authorization"] == nil }
        #expect(direct.contains { $0.headers["range"] != nil })
        #expect(direct.allSatisfy { $0.headers["referer"] == nil }, "the store is told which page an answer is on")
        proxy.goAway()
    }
}
