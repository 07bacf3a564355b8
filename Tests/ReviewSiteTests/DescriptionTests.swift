import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ReviewSite

/// The API's description is true: schemathesis makes requests of it, sound ones and unsound ones, and judges every answer.
@Suite("The API's description", .tags(.database))
struct DescriptionTests {
    @Test("holds for an admin's program, and for a reviewer's", arguments: [Reviewer.Access.admin, .reviewer])
    func holds(access: Reviewer.Access) async throws {
        let here = FilePath(#filePath).removingLastComponent()
        let program = here.removingLastComponent().removingLastComponent().appending(".build/schemathesis/bin/st")
        try await TestSite.with { testSite in
            let token = try await testSite.accounts.addToken(
                reviewer: access == .admin ? testSite.ines.email : testSite.rosa.email, name: "schemathesis", scope: .write)
            let folder = here.appending("schemathesis")
            let result = try await TemporaryFolder.with { scratch in
                // As many examples as take half a minute; always the same ones.
                try await Subprocess.run(
                    .path(program),
                    arguments: [
                        "--config-file", folder.appending("schemathesis.toml").string, "run",
                        "http://127.0.0.1:\(testSite.client.port)/api/v1/openapi.json", "--header", "Authorization:Bearer \(token.text)",
                        "--checks", "all", "--max-examples", "6", "--seed", "1",
                        "--suppress-health-check", "all", "--no-color",
                    ],
                    environment: .inherit.updating([
                        "PYTHONPATH": folder.string, "PYTHONDONTWRITEBYTECODE": "1", "SCHEMATHESIS_HOOKS": "hooks",
                    ]), workingDirectory: scratch,
                    output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
            }
            #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
        }
    }
}
