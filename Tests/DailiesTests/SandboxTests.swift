import Foundation
import Postgres
import Recordings
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The sandbox around inspectors, on this kernel and on poorer ones, for ordinary users.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct SandboxTests {
    /// Runs `dailies` behind another program to its end.
    private func run(_ product: Product, behind disguise: [String], _ words: String...) async throws -> Product.Ending {
        let arguments = disguise.dropFirst() + [try Product.program.string] + product.arguments(words)
        let result = try await Subprocess.run(
            .path(FilePath(disguise[0])), arguments: Arguments(Array(arguments)), environment: Product.environment,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else { throw Signalled(error: result.standardError) }
        return Product.Ending(code: Int32(code), output: result.standardOutput, error: result.standardError)
    }

    struct Signalled: Error {
        var error: String
    }

    /// The program that takes Landlock or seccomp away from those it starts. See `without.c`.
    private func withoutProgram(in product: Product) async throws -> String {
        let program = product.data.appending("without").string
        let source = Product.project.appending("Tests/DailiesTests/without.c").string
        let compiled = try await Subprocess.run(
            .path("/usr/bin/gcc"), arguments: ["-o", program, source], output: .discarded, error: .string(limit: 1 << 16))
        try #require(compiled.terminationStatus.isSuccess, "\(compiled.standardError)")
        return program
    }

    @Test(arguments: [("landlock", "the kernel does not offer Landlock"), ("seccomp", "the kernel does not offer seccomp filters")])
    func `where the kernel lacks half of the sandbox, doctor says so, and no worker starts unless the setting allows it`(
        missing: String, words: String
    ) async throws {
        try await Product.with { product in
            let poorer = [try await withoutProgram(in: product), missing]
            try await product.bringIn(Product.recordings(1))

            let examined = try await run(product, behind: poorer, "doctor")
            #expect(examined.code == 78)
            #expect(examined.output.contains("problem sandbox: ") && examined.output.contains(words), "\(examined.output)")
            #expect(examined.output.contains("--sandbox off"), "how to go on all the same")

            for command in [["work"], ["up", "--once"]] {
                let refused = try await run(product, behind: poorer, command[0], command.dropFirst().first ?? "--log-level=info")
                #expect(refused.code == 69)
                #expect(refused.error.contains(words), "\(refused.error)")
            }
            let looked = try await run(product, behind: poorer, "inspect", Product.recordings(1)[0].string)
            #expect(looked.code == 69 && looked.error.contains(words), "\(looked.error)")
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE attempt = 0") == 1, "nothing was claimed")

            let told = try await run(product, behind: poorer, "doctor", "--sandbox", "off")
            #expect(told.output.contains("note    sandbox: off, and \(words)"), "\(told.output)")
            let row = told.output.split(separator: "\n").first { $0.hasPrefix("sandbox ") } ?? ""
            #expect(row.contains("off") && row.contains("--sandbox"), "the setting, and where it comes from: \(row)")
            let worked = try await run(product, behind: poorer, "up", "--once", "--sandbox", "off")
            #expect(worked.code == 0)
            #expect(worked.error.contains("recordings are opened without a sandbox"), "\(worked.error)")
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 1)
        }
    }

    @Test func `an ordinary user's inspectors are sandboxed too`() async throws {
        try await Product.with { product in
            let recording = product.data.appending("recording.webm").string
            try FileManager.default.copyItem(atPath: Fixtures.recording("chrome-vp8-opus.webm").string, toPath: recording)
            // Nobody's numbers, when the tests are root's.
            let user = geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : ["/usr/bin/env"]
            let examined = try await run(product, behind: user, "doctor")
            #expect(examined.output.contains("ok      sandbox: the kernel offers Landlock"), "\(examined.output)")
            #expect(examined.output.contains("forbidden things that it tried were each stopped"), "\(examined.output)")
            let looked = try await run(product, behind: user, "inspect", recording)
            #expect(looked.code == 0, "\(looked.error)")
            #expect(looked.output.contains("\"usable\""))
        }
    }

    @Test func `a worker whose sandbox is switched off says so`() async throws {
        try await Product.with { product in
            try await product.withWorker(variables: ["DAILIES_SANDBOX": "off"]) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.workers")
                #expect(worker.said.contains("recordings are opened without a sandbox"), "\(worker.said)")
                #expect(worker.said.contains("DAILIES_SANDBOX"), "and who told it")
            }
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.workers")
                #expect(!worker.said.contains("without a sandbox"), "\(worker.said)")
            }
        }
    }
}
