import Foundation
import Glibc
import SystemPackage
import Testing

@testable import LocalPostgres

struct PostmasterTests {
    @Test func `The server's file names its process and its socket folder`() {
        let file = "4711\n/srv/dailies/data\n1732406400\n5432\n/srv/dailies/run\n\n  1234 5\nready   \n"
        let postmaster = Postmaster(pidFile: file)
        #expect(postmaster?.processID == 4711)
        #expect(postmaster?.startTime == 1_732_406_400)
        #expect(postmaster?.socketFolder == "/srv/dailies/run")
    }

    @Test(arguments: ["", "\n", "no number\n/x", "-4711\n", "0\n", "1\n"])
    func `A file that names no possible process names no server`(text: String) {
        #expect(Postmaster(pidFile: text) == nil)
    }

    @Test func `A file that is being written has no socket folder yet`() {
        #expect(Postmaster(pidFile: "4711\n/srv/dailies/data\n")?.socketFolder == nil)
    }

    private static func stat(_ command: String = "postgres", state: String = "S", startedAfterBoot seconds: Int = 400) throws -> ProcessStat
    {
        let between = Array(repeating: "0", count: 18).joined(separator: " ")
        return try #require(ProcessStat(line: "4711 (\(command)) \(state) \(between) \(seconds * sysconf(Int32(_SC_CLK_TCK))) 0 0"))
    }

    @Test func `A process is the server by its working folder, or else by its start time`() throws {
        let postmaster = try #require(Postmaster(pidFile: "4711\n/srv/dailies/data\n1000400\n5432\n"))
        func holder(_ stat: ProcessStat, _ worksInData: Bool?, boot: Int64? = 1_000_000) -> Postmaster.Holder {
            postmaster.holder(stat, worksInData: worksInData, bootTime: boot)
        }
        #expect(holder(try Self.stat(), true) == .server)
        #expect(holder(try Self.stat(startedAfterBoot: 9000), true) == .server, "the clock was set since")
        #expect(holder(try Self.stat(), false) == .stranger)
        #expect(holder(try Self.stat("bash"), true) == .unknown)
        #expect(holder(try Self.stat(state: "Z"), true) == .nobody)
        #expect(holder(try Self.stat(startedAfterBoot: 398), nil) == .server)
        #expect(holder(try Self.stat(startedAfterBoot: 500), nil) == .unknown, "another process, or another clock")
        #expect(holder(try Self.stat(), nil, boot: nil) == .unknown)
        #expect(holder(try Self.stat("bash"), nil) == .stranger)
    }

    @Test func `The kernel tells a process's start and working folder`() throws {
        let own = try #require(ProcessStat(of: getpid()))
        let boot = try #require(ProcessStat.bootTime)
        let started = try #require(own.secondsAfterBoot)
        #expect(boot + started <= Int64(time(nil)) + 1)
        #expect(own.works(in: FilePath(FileManager.default.currentDirectoryPath)) == true)
        #expect(own.works(in: "/proc") == false)
    }

    @Test func `A dead process that nobody has waited for is dead`() {
        #expect(ProcessStat(line: "12 (postgres) Z 1 12")?.isDead == true)
        #expect(ProcessStat(line: "12 (postgres) S 1 12")?.isDead == false)
        #expect(ProcessStat(line: "12 (a) b) S 1 12")?.command == "a) b")
        #expect(ProcessStat(line: "12 postgres") == nil)
    }

    @Test func `Text for the shell stays one word`() {
        #expect(ServerProcess.shellQuoted("it's $HOME") == #"'it'\''s $HOME'"#)
    }
}
