import Glibc
import SystemPackage

/// The server's main process, as `postmaster.pid` describes it. The file's lines are, in PostgreSQL 10 and later:
/// process id, data folder, start time, port, socket folder, listen address, shared memory key, status.
struct Postmaster: Hashable, Sendable {
    let processID: pid_t
    /// The socket folder in use, which is the truth for a server that someone else started.
    let socketFolder: FilePath?

    init?(pidFile text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let processID = pid_t(first), processID > 1 else { return nil }
        self.processID = processID
        socketFolder = lines.count > 4 && lines[4].hasPrefix("/") ? FilePath(String(lines[4])) : nil
    }

    /// The server that runs on this data; `nil` if none does. A killed server leaves its file behind, and its process id may belong to another
    /// program by now, or to a dead process that was not waited for. So this also checks the process itself.
    static func running(on data: FilePath) -> Postmaster? {
        guard let text = TextFile.read(data.appending("postmaster.pid")), let postmaster = Postmaster(pidFile: text),
            let stat = ProcessStat(of: postmaster.processID), !stat.isDead, stat.command == "postgres"
        else { return nil }
        return postmaster
    }
}

/// The beginning of `/proc/ID/stat`: `ID (command) state …`.
struct ProcessStat {
    let command: String
    let isDead: Bool

    init?(of processID: pid_t) {
        guard let file = try? FileDescriptor.open(FilePath("/proc/\(processID)/stat"), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 512)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        self.init(line: String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    init?(line: String) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
        command = String(line[line.index(after: open)..<close])
        guard let state = line[close...].dropFirst(2).first else { return nil }
        isDead = state == "Z" || state == "X"
    }
}
