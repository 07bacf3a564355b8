import ForeignText
import Glibc
import SystemPackage

/// The beginning of `/proc/ID/stat`: `ID (command) state …`, with the start time as its field 22.
struct ProcessStat {
    let processID: pid_t
    let command: String
    let isDead: Bool
    /// When it started; `nil` if the line ends before that.
    let secondsAfterBoot: Int64?

    init?(of processID: pid_t) {
        guard let line = Self.read("/proc/\(processID)/stat", limit: 1024) else { return nil }
        self.init(line: line)
    }

    init?(line: String) {
        // The command may hold brackets, blanks and anything else.
        guard let (number, behind) = line.cut(at: "("), let (name, rest) = behind.cut(atLast: ")"), let processID = pid_t(number.trimmed)
        else { return nil }
        self.processID = processID
        command = String(name)
        // The first is the line's field 3.
        let fields = rest.words
        guard let state = fields.first else { return nil }
        isDead = state == "Z" || state == "X"
        let ticks = fields.count > 19 ? Int64(fields[19]) : nil
        secondsAfterBoot = ticks.map { $0 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK)))) }
    }

    /// Whether this is the process's working folder; `nil` if the kernel does not say, or if the process has gone.
    func works(in folder: FilePath) -> Bool? {
        guard let there = try? Stat(FilePath("/proc/\(processID)/cwd")), let here = try? Stat(folder) else { return nil }
        return there.rawValue.st_dev == here.rawValue.st_dev && there.rawValue.st_ino == here.rawValue.st_ino
    }

    /// When the machine started, in seconds since 1970 by today's clock.
    static var bootTime: Int64? {
        read("/proc/stat", limit: 1 << 20)?.lines.lazy.compactMap { $0.rest(after: "btime ") }.first.flatMap { Int64($0) }
    }

    /// Files of `/proc` have no size.
    private static func read(_ path: String, limit: Int) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit, let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += buffer.prefix(count)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
