import Foundation
import Glibc
import Subprocess
import SystemPackage
import Testing

/// A control group with a limit of memory, as a service manager or a container makes one. It needs root and a kernel with memory groups that
/// this process may add to, of version 1 or 2.
struct MemoryGroup {
    private let folder: String
    private let isVersion2: Bool

    private static let root: (folder: String, isVersion2: Bool)? = {
        let first = "/sys/fs/cgroup/memory"
        if access("\(first)/memory.limit_in_bytes", F_OK) == 0, access(first, W_OK) == 0 { return (first, false) }
        let second = "/sys/fs/cgroup"
        let controllers = (try? String(contentsOfFile: "\(second)/cgroup.subtree_control", encoding: .utf8)) ?? ""
        return controllers.contains("memory") && access(second, W_OK) == 0 ? (second, true) : nil
    }()

    static var isPossible: Bool { root != nil }

    /// Lends a group, and removes it when its processes have gone.
    static func with(_ body: (MemoryGroup) async throws -> Void) async throws {
        guard let root else { return }
        let group = MemoryGroup(folder: "\(root.folder)/dailies-test-\(UUID().uuidString)", isVersion2: root.isVersion2)
        try FileManager.default.createDirectory(atPath: group.folder, withIntermediateDirectories: false)
        defer {
            unlink(group.ballast)
            rmdir(group.folder)
        }
        try await body(group)
    }

    /// A command that puts its process into the group and becomes what follows.
    var prefix: [String] { ["/bin/sh", "-c", "echo $$ > \(folder)/cgroup.procs && exec \"$@\"", "sh"] }

    /// Memory that cannot be reclaimed.
    var usedBytes: Int {
        get throws {
            let text = try String(contentsOfFile: "\(folder)/memory.stat", encoding: .utf8)
            let name = isVersion2 ? "anon" : "rss"
            return text.split(separator: "\n").lazy.map { $0.split(separator: " ") }.first { $0.first == name[...] }.flatMap { Int($0[1]) }
                ?? 0
        }
    }

    private var ballast: String { "/dev/shm/\(folder.split(separator: "/").last ?? "")" }

    /// Fills a part of the group's memory for as long as the group is lent.
    func occupy(_ bytes: Int) async throws {
        let words = prefix + ["/bin/sh", "-c", "head -c \(bytes) /dev/zero > \(ballast)"]
        let result = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())), output: .discarded, error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    }

    /// - Parameter bytes: `nil` for no limit.
    func limit(to bytes: Int?) throws {
        let name = isVersion2 ? "memory.max" : "memory.limit_in_bytes"
        let value = bytes.map(String.init) ?? (isVersion2 ? "max" : "-1")
        try value.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
}
