internal import ForeignText
internal import Glibc
internal import SystemPackage

/// How many processes of this process's control group the kernel has killed for lack of memory. The inspectors are in the same group.
///
/// Both versions of control groups count them: in version 2 `memory.events`, in version 1 `memory.oom_control`, each in a line
/// `oom_kill N` (Linux, `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/memory.rst`).
enum MemoryKills {
    /// `nil` where the system does not tell.
    static func count() -> Int? {
        guard let groups = text(of: "/proc/self/cgroup") else { return nil }
        return files(groups).lazy.compactMap { text(of: $0).flatMap(count(in:)) }.first
    }

    /// Where the count may be, the best place first.
    /// - Parameter groups: the text of `/proc/self/cgroup`: lines of `number:controllers:path`, with number 0 for version 2.
    static func files(_ groups: String) -> [String] {
        let lines: [[Substring]] = groups.lines.map { line in
            // The path may hold colons.
            guard let (number, rest) = line.cut(at: ":"), let (controllers, path) = rest.cut(at: ":") else { return [] }
            return [number, controllers, path]
        }
        func folder(_ path: Substring) -> String { path == "/" ? "" : String(path) }
        var files: [String] = []
        for line in lines where line.count == 3 && line[1].parts(at: ",").contains(where: { $0 == "memory" }) {
            // In a container the folder may be mounted as the root of the tree.
            files += ["\(folder(line[2]))/", "/"].map { "/sys/fs/cgroup/memory\($0)memory.oom_control" }
        }
        for line in lines where line.count == 3 && line[0] == "0" {
            files += ["\(folder(line[2]))/", "/"].map { "/sys/fs/cgroup\($0)memory.events" }
        }
        return files
    }

    /// The number in the line `oom_kill N`.
    static func count(in text: String) -> Int? {
        for line in text.lines {
            let words = line.words
            if words.count == 2, words[0] == "oom_kill" { return Int(words[1]) }
        }
        return nil
    }

    private static func text(of path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        // Both files have a few lines.
        var bytes = [UInt8](repeating: 0, count: 8192)
        guard let count = try? unsafe bytes.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }) else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
