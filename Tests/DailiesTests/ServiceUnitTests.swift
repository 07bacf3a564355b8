import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The units in `deploy/systemd`: systemd takes them, they forbid nearly everything, and Dailies works with what they leave.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct ServiceUnitTests {
    static let names = ["worker", "site", "migrate"]

    private static func unit(_ name: String) -> FilePath { Fixtures.project.appending("deploy/systemd/dailies-\(name).service") }

    private func analyze(_ arguments: String...) async throws -> (isFine: Bool, said: String) {
        let result = try await Subprocess.run(
            .name("systemd-analyze"), arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, result.standardOutput + result.standardError)
    }

    @Test(arguments: names)
    func `systemd finds no fault with a unit`(name: String) async throws {
        try await TemporaryFolder.with { folder in
            // The program is not installed where the tests run.
            let text = try String(contentsOfFile: Self.unit(name).string, encoding: .utf8)
            let copy = folder.appending("dailies-\(name).service")
            try text.replacing("/usr/bin/dailies", with: try Product.program.string)
                .replacing("file:/usr/share/doc/dailies/runbook.md", with: "file:\(Fixtures.project)/deploy/runbook.md")
                .write(toFile: copy.string, atomically: true, encoding: .utf8)
            let verified = try await analyze("verify", "--man=no", copy.string)
            #expect(verified.isFine && verified.said.isEmpty, "\(verified.said)")
        }
    }

    @Test(arguments: names)
    func `a unit's exposure is below 2`(name: String) async throws {
        // The threshold is ten times what is shown.
        let rated = try await analyze("security", "--offline=true", "--no-pager", "--threshold=19", Self.unit(name).string)
        #expect(rated.isFine, "\(rated.said)")
        #expect(rated.said.contains("Overall exposure level"))
    }

    /// Runs `dailies` behind what a unit forbids.
    private func behind(_ name: String, _ words: [String], of product: Product) throws -> [String] {
        ["/usr/bin/python3", Fixtures.project.appending("Tests/DailiesTests/restricted.py").string, Self.unit(name).string]
            + [try Product.program.string] + product.arguments(words)
    }

    private func run(_ command: [String]) async throws -> (code: TerminationStatus, output: String, error: String) {
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), environment: Product.environment, input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    @Test func `inspectors under the worker's unit are sandboxed, and answers become reviewable`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(4))
            let examined = try await run(try behind("worker", ["doctor"], of: product))
            #expect(examined.output.contains("ok      sandbox: the kernel offers Landlock"), "\(examined.output)\(examined.error)")
            #expect(examined.output.contains("forbidden things that it tried were each stopped"), "\(examined.output)")
            let command = try behind("worker", ["work", "--slots", "2"], of: product)
            let worked = try await Subprocess.run(
                .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), environment: Product.environment,
                input: .none, output: .discarded, error: .string(limit: 1 << 20)
            ) { execution in
                try await product.until("SELECT count(*) = 4 FROM dailies.review_records")
                kill(execution.processIdentifier.value, SIGTERM)
            }
            #expect(worked.terminationStatus == .exited(0), "\(worked.standardError)")
            try await product.expectWhole(responses: 4)
        }
    }

    @Test func `behind their units, the schema is migrated and the site serves`() async throws {
        try await Product.with(migrated: false) { product in
            let migrated = try await run(try behind("migrate", ["migrate"], of: product))
            try #require(migrated.code == .exited(0), "\(migrated.error)")
            let command = try behind("site", ["serve", "--listen", "127.0.0.1:0"], of: product)
            let served = try await Subprocess.run(
                .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), environment: Product.environment,
                input: .none, output: .sequence, error: .string(limit: 1 << 20)
            ) { execution in
                var address = ""
                for try await line in execution.standardOutput.strings() {
                    address = line.trimmingCharacters(in: .whitespacesAndNewlines)
                    break
                }
                let page = try await run(["/usr/bin/curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", address + "sign-in"])
                #expect(page.output == "200", "\(address): \(page.output)\(page.error)")
                kill(execution.processIdentifier.value, SIGTERM)
            }
            #expect(served.terminationStatus == .exited(0), "\(served.standardError)")
        }
    }
}
