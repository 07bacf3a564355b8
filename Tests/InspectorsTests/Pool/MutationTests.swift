import Foundation
import Glibc
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

/// Damaged recordings, inspected as the worker does it: by the real program, in the sandbox, with all artifacts.
@Suite(.timeLimit(.minutes(15)), .tags(.media, .program))
struct MutationTests {
    private static let mutants = 300
    private static let seed: UInt64 = 20_261_124

    /// Whether the death is allowed here: by a limit or by a crash in FFmpeg. A Swift trap, a report that is refused, a forbidden system
    /// call or an unknown exit code is a bug of Dailies.
    private static func isForeseen(_ death: InspectorDeath) -> Bool {
        switch death.cause {
        case .wallTime, .cpuTime, .memory, .outputTooLarge: true
        case .signal(let number): [SIGSEGV, SIGABRT, SIGFPE, SIGBUS].contains(number)
        case .exit, .badReport, .inputOutput, .serverDied, .killed: false
        }
    }

    @Test func `damaged recordings end usable or unusable, one by one, and leave nothing behind`() async throws {
        let corpus = try await MutationCorpus.recordings()
        let started = Started()
        let pool = try started.pool()
        _ = try await pool.sandboxSupport()
        let server = try #require(pool.serverProcess)
        var request = InspectionRequest()
        // Generous for a busy machine; the recordings last seconds.
        request.limits.cpuSeconds = 20
        request.limits.wallSeconds = 120
        let limits = request.limits
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var usable = 0
            for number in 0..<Self.mutants {
                if number >= 3, try await group.next() == true { usable += 1 }
                group.addTask {
                    var random = SeededGenerator(seed: Self.seed &+ UInt64(number))
                    let bytes = Mutation.mutant(of: corpus[number % corpus.count], others: corpus, using: &random)
                    return try await Self.isUsable(
                        bytes, number, pool, InspectionRequest(declaredBytes: Int64(bytes.count), limits: limits))
                }
            }
            for try await isUsable in group where isUsable { usable += 1 }
            // Most damaged recordings are usable and some are not, or this would test nothing.
            #expect(usable > Self.mutants / 4 && usable < Self.mutants)
        }
        #expect(pool.serverProcess == server, "one server for all of them")
        // Every child has been reaped.
        try await until { !Processes.hasChildren(server) }
        #expect(await started.first(Self.mutants).count == Self.mutants)
        await pool.shutdown()
    }

    private static func isUsable(_ bytes: [UInt8], _ number: Int, _ pool: InspectorPool, _ request: InspectionRequest) async throws -> Bool
    {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("mutant")
            try Data(bytes).write(to: URL(filePath: path.string))
            return try await Lent.with(path) { lent in
                switch try await pool.inspect(recording: lent.recording, request: request, artifacts: lent.artifacts) {
                case .report(let report): return report.outcome == .usable
                case .died(let death):
                    #expect(isForeseen(death), "mutant \(number): \(death)\n\(death.logLines.suffix(5).joined(separator: "\n"))")
                    return false
                }
            }
        }
    }
}
