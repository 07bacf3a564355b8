import Glibc
import Testing

@testable import Inspectors

@Suite("Kills for lack of memory")
struct MemoryKillsTests {
    @Test("version 1 has a folder for each controller, and version 2 one for all")
    func places() {
        #expect(
            MemoryKills.files("0::/system.slice/dailies.service\n").first == "/sys/fs/cgroup/system.slice/dailies.service/memory.events")
        #expect(MemoryKills.files("0::/\n").first == "/sys/fs/cgroup/memory.events")
        let hybrid = "5:cpu,cpuacct:/a\n4:memory:/docker/abc\n0::/\n"
        #expect(
            MemoryKills.files(hybrid).prefix(2) == [
                "/sys/fs/cgroup/memory/docker/abc/memory.oom_control", "/sys/fs/cgroup/memory/memory.oom_control",
            ])
        #expect(MemoryKills.files("nonsense").isEmpty)
    }

    @Test("the count is in its own line of either file")
    func counts() {
        #expect(MemoryKills.count(in: "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n") == 2)
        #expect(MemoryKills.count(in: "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n") == 7)
        #expect(MemoryKills.count(in: "max 12\n") == nil)
    }

    @Test("SIGKILL, the server's death, and a kill for lack of memory come from outside; other deaths do not")
    func outside() {
        #expect(InspectorDeath(cause: .signal(SIGKILL), signal: SIGKILL).wasKilledFromOutside)
        #expect(InspectorDeath(cause: .serverDied).wasKilledFromOutside)
        #expect(!InspectorDeath(cause: .memory, signal: SIGABRT).wasKilledFromOutside, "its own limit")
        #expect(!InspectorDeath(cause: .memory, signal: SIGKILL).wasKilledFromOutside)
        var killed = InspectorDeath(cause: .memory, signal: SIGKILL)
        killed.memoryRanOut = true
        #expect(killed.wasKilledFromOutside)
        for cause: InspectorDeath.Cause in [.signal(SIGSEGV), .wallTime, .cpuTime, .killed, .inputOutput, .exit(70)] {
            #expect(!InspectorDeath(cause: cause).wasKilledFromOutside, "\(cause)")
        }
    }

    @Test("a shortage of memory or processes at fork is known from other refusals")
    func shortage() {
        #expect(InspectorError.refused(why: "no process could be made: Cannot allocate memory").isShortage)
        #expect(InspectorError.refused(why: "no process could be made: Resource temporarily unavailable").isShortage)
        #expect(!InspectorError.refused(why: "it came with 3 open files").isShortage)
        #expect(!InspectorError.shutDown.isShortage)
    }
}
