import Foundation
import SystemPackage
import TestSupport
import Testing

/// PostgreSQL cannot store the character NUL. A file that holds one is refused by the command that reads it, in words and with its exit code.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct RefusedTextTests {
    private func expectRefused(_ ending: Product.Ending, _ code: Int32, _ words: String) {
        #expect(ending.code == code, "\(ending)")
        #expect(ending.error.contains(words), "\(ending.error)")
        #expect(!ending.error.contains("PostgreSQL") && !ending.error.contains("SQLSTATE"), "\(ending.error)")
    }

    @Test func `a role, a manifest and a file of settings with NUL are refused before the database is asked`() async throws {
        try await Product.with { product in
            let folder = product.data
            func write(_ text: String, to name: String) throws -> String {
                let path = folder.appending(name).string
                try text.write(toFile: path, atomically: false, encoding: .utf8)
                return path
            }
            let whole = try String(
                contentsOfFile: Product.project.appending("deploy/roles/deep-learning-engineer.yaml").string, encoding: .utf8)
            let role = try write(whole.replacing("title: Deep Learning Engineer", with: #"title: "Deep\0 Learning""#), to: "title.yaml")
            expectRefused(try await product.run("role", "load", role), 65, "title: holds the character NUL")
            let point = try write(
                whole.replacing("- Supervised learning fits a", with: "- \"Super\\0vised\"\n      - Supervised learning fits a"),
                to: "point.yaml")
            expectRefused(try await product.run("role", "load", point), 65, "question 1: a text holds the character NUL")
            expectRefused(try await product.run("role", "load", try write("role: a\0b\n", to: "raw.yaml")), 65, "raw.yaml")

            let loaded = try await product.run("role", "load", try write(whole, to: "whole.yaml"))
            #expect(loaded.code == 0, "\(loaded.error)")
            let header = "role,question,candidate_name,candidate_email,file\n"
            let manifest = try write(header + "deep-learning-engineer,1,Ada\0x,ada@example.org,a.webm\n", to: "m.csv")
            expectRefused(try await product.run("import", manifest), 65, "line 2: candidate_name holds the character NUL")

            let settings = try write("storage: \"/data\\0x\"\n", to: "dailies.yaml")
            expectRefused(try await product.run("status", "--config", settings), 78, "holds the character NUL")
        }
    }
}
