import InspectorChannel
import Recordings
import TestSupport
import Testing

@testable import Inspectors

@Suite("A limit ends an inspector and is named", .tags(.program))
struct LimitTests {
    @Test("wall time")
    func wallTime() async throws {
        let death = try await InspectorPool.shared().death(of: .hang) { $0.wallSeconds = 1 }
        #expect(death.cause == .wallTime)
        #expect(death.reasonCode == .timedOut)
        #expect((death.wallMs ?? 0) >= 1000)
        #expect(death.description.hasPrefix("The inspector ran for longer than it may (limit 1 s, SIGKILL, "), "\(death)")
    }

    @Test("processor time")
    func cpuTime() async throws {
        let death = try await InspectorPool.shared().death(of: .spin) { $0.cpuSeconds = 1 }
        #expect(death.cause == .cpuTime)
        #expect(death.reasonCode == .cpuTime)
        #expect((death.cpuMs ?? 0) >= 500)
        #expect(death.description.hasPrefix("The inspector used more processor time than it may (limit 1 s, SIGXCPU, "), "\(death)")
    }

    @Test("memory, taken in small pieces and at once", arguments: [InspectorProbe.hoard, .grab])
    func memory(_ probe: InspectorProbe) async throws {
        let death = try await InspectorPool.shared().death(of: probe) { $0.memoryBytes = 128 << 20 }
        #expect(death.cause == .memory, "\(death)")
        #expect((death.maxRSSBytes ?? 0) < 256 << 20)
        #expect(death.limit == "128 MiB")
        #expect(death.reasonCode == .outOfMemory)
    }

    @Test("the size of artifacts and of the report", arguments: [InspectorProbe.flood, .floodReport])
    func output(_ probe: InspectorProbe) async throws {
        let death = try await InspectorPool.shared().death(of: probe) {
            $0.artifactBytes = 1 << 20
            $0.reportBytes = 1 << 16
        }
        #expect(death.cause == .outputTooLarge, "\(death)")
        #expect(death.reasonCode == .outputTooLarge)
    }

    @Test("the log, whose end is lost")
    func log() async throws {
        let death = try await InspectorPool.shared().death(of: .noisyLog)
        #expect(death.cause == .exit(70))
        #expect(death.logLines.count <= 20)
        #expect(!death.logLines.isEmpty)
        #expect(death.logLines.allSatisfy { line in line.utf8.count <= 200 && line.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
    }
}
