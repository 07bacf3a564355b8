import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Results that cannot be written were not given: 74, whatever the command.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct UnwritableOutputTests {
    /// Runs a command whose standard output takes nothing.
    private func ending(of arguments: [String], on product: Product) async throws -> (status: TerminationStatus, error: String) {
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        let result = try await Subprocess.run(
            .path(Product.program), arguments: Arguments(arguments), environment: .custom(product.variables), input: .none,
            output: .fileDescriptor(full, closeAfterSpawningProcess: true), error: .string(limit: 1 << 16))
        return (result.terminationStatus, result.standardError)
    }

    @Test func `a command whose output cannot be written says so and ends with 74`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.run("reviewer", "add", "ada@team.example", "--name", "Ada", "--admin")
            let commands: [[String]] = [
                ["answers"], ["answers", "--json"], ["status"], ["status", "--json"], ["status", "--watch"],
                ["status", "--watch", "--json"],
                ["jobs", "list"], ["jobs", "list", "--json"], ["queue", "pause"], ["queue", "resume"], ["reviewer", "list"],
                ["token", "add", "ada@team.example", "--name", "lost", "--scope", "read"], ["token", "list"], ["migrate"],
                ["role", "load", Product.project.appending("deploy/roles/deep-learning-engineer.yaml").string],
                ["import", product.data.appending("answers.csv").string], ["doctor"],
            ]
            for command in commands {
                let (status, error) = try await ending(of: product.arguments(command), on: product)
                #expect(status == .exited(74), "\(command): \(status) \(error)")
                #expect(error.contains("The output cannot be written: No space left on device."), "\(command): \(error)")
            }
            let inspect = ["inspect", Product.recordings(1)[0].string]
            for command in [
                inspect, ["--help"], ["help", "jobs"], ["jobs", "--help"], ["--version"], ["--generate-completion-script", "bash"],
            ] {
                #expect(try await ending(of: command, on: product).status == .exited(74), "\(command)")
            }
        }
    }

    @Test func `an error of the command itself keeps its own code`() async throws {
        try await Product.with { product in
            let (status, error) = try await ending(of: product.arguments(["import", "/nonexistent.csv"]), on: product)
            #expect(status == .exited(66), "\(error)")
        }
    }
}
