import Foundation
import Subprocess
import TestSupport
import Testing

/// What a worker says at its health address, asked as anybody would: with curl.
struct Scraped {
    var status: Int
    var text: String

    /// - Parameter worker: started with the variable `DAILIES_HEALTH`, with port 0.
    static func get(_ path: String, of worker: WorkerProcess, in product: Product) async throws -> Scraped {
        let address = try await address(of: worker, in: product)
        let result = try await Subprocess.run(
            .name("curl"), arguments: ["-sS", "-w", "\n%{http_code}", address + path], output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        let lines = result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
        return Scraped(status: Int(lines.last ?? "") ?? 0, text: lines.dropLast().joined(separator: "\n"))
    }

    /// It logs where it listens, once it does.
    static func address(of worker: WorkerProcess, in product: Product) async throws -> String {
        var found: String?
        try await until {
            for line in worker.said.split(separator: "\n") where line.contains("\"health and metrics\"") {
                found = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))["address"]
            }
            return found != nil
        }
        return found ?? ""
    }

    /// The value of a sample, as it stands before its value: `name{label="value"}`.
    func value(_ sample: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }
}
