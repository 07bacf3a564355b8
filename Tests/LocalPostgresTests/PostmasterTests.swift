import SystemPackage
import Testing

@testable import LocalPostgres

struct PostmasterTests {
    @Test func `The server's file names its process and its socket folder`() {
        let file = "4711\n/srv/dailies/data\n1732406400\n5432\n/srv/dailies/run\n\n  1234 5\nready   \n"
        let postmaster = Postmaster(pidFile: file)
        #expect(postmaster?.processID == 4711)
        #expect(postmaster?.socketFolder == "/srv/dailies/run")
    }

    @Test(arguments: ["", "\n", "no number\n/x", "-4711\n", "0\n", "1\n"])
    func `A file that names no possible process names no server`(text: String) {
        #expect(Postmaster(pidFile: text) == nil)
    }

    @Test func `A file that is being written has no socket folder yet`() {
        #expect(Postmaster(pidFile: "4711\n/srv/dailies/data\n")?.socketFolder == nil)
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
