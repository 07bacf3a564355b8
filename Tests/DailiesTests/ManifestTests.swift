import SystemPackage
import Testing

@testable import Dailies

struct ManifestTests {
    private let header = "role,question,candidate_name,candidate_email,file\n"

    @Test func `rows are read with their line and files are found beside the manifest`() throws {
        let manifest = try Manifest(
            text: header + "dl,1,Ada,ada@example.org,a.webm\ndl,cnn,\"Bo, Jr\",bo@example.org,/tmp/b.webm\n", name: "m.csv", folder: "/data"
        )
        #expect(manifest.problems.isEmpty)
        #expect(manifest.rows.map(\.line) == [2, 3])
        #expect(manifest.rows.map(\.file) == ["/data/a.webm", "/tmp/b.webm"])
        #expect(manifest.rows[1].candidateName == "Bo, Jr")
    }

    @Test func `a bad row is named by its line, also below a field with line breaks`() throws {
        let manifest = try Manifest(
            text: header + "dl,1,\"Ada\nof London\",ada@example.org,a.webm\ndl,,Bo,bo@example.org,b.webm\n", name: "m.csv", folder: "/data")
        #expect(manifest.rows.map(\.line) == [2])
        #expect(manifest.problems == [.init(line: 4, message: "question is empty")])
    }

    @Test func `columns may stand in any order`() throws {
        let manifest = try Manifest(
            text: "file,candidate_email,candidate_name,question,role\na.webm,ada@example.org,Ada,1,dl\n", name: "m.csv", folder: "/data")
        #expect(manifest.rows.first?.role == "dl")
    }

    @Test func `a missing column is said`() {
        #expect(throws: Failure.self) { try Manifest(text: "role,question\ndl,1\n", name: "m.csv", folder: "/data") }
    }
}
