import Foundation
import Subprocess
import SystemPackage
import Testing

extension Product {
    /// Runs `dailies serve` beside `body`, which gets its address with a slash at its end, and ends it in order afterwards.
    @discardableResult
    func withSite(_ body: @escaping (_ address: String) async throws -> Void) async throws -> TerminationStatus {
        let result = try await Subprocess.run(
            .path(Self.program), arguments: Arguments(arguments(["serve", "--listen", "127.0.0.1:0"])),
            environment: Self.environment, input: .none, output: .sequence, error: .discarded
        ) { execution in
            do {
                var address: String?
                for try await line in execution.standardOutput.strings() {
                    address = line.trimmingCharacters(in: .whitespacesAndNewlines)
                    break
                }
                try await body(try #require(address, "the site ended before it served"))
                kill(execution.processIdentifier.value, SIGTERM)
            } catch {
                kill(execution.processIdentifier.value, SIGKILL)
                throw error
            }
        }
        return result.terminationStatus
    }

    /// Rates as a program does.
    /// - Parameter address: with a slash at its end.
    /// - Returns: the status, `200` when the rating is stored, and what went wrong on the way.
    func rate(_ response: Int64, _ score: Int, at address: String, token: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("curl"),
            arguments: [
                "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PUT", "-H", "Authorization: Bearer \(token)", "-H",
                "Content-Type: application/json", "-d", "{\"score\":\(score),\"abstained\":null}",
                "\(address)api/v1/answers/\(response)/rating",
            ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        return result.standardOutput + result.standardError
    }
}
