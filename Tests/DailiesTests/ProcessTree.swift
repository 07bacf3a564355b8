import Foundation
import SystemPackage
import TestSupport

/// Processes as the kernel lists them.
enum ProcessTree {
    static func children(of process: pid_t) -> [pid_t] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return tasks.flatMap { task in
            let text = (try? String(contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { pid_t($0) }
        }
    }

    /// The inspectors: children of the worker's fork servers.
    static func inspectors(of worker: pid_t) -> [pid_t] {
        children(of: worker).flatMap(children(of:))
    }

    /// The first child that a process makes.
    static func firstChild(of process: pid_t) async throws -> pid_t {
        try await untilSeen { children(of: process).first }
    }

    /// The private server's first process, for a data folder of `dailies`.
    static func postmaster(of data: FilePath) -> pid_t? {
        let file = data.appending("postgres/data/postmaster.pid").string
        return (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// Whether a process runs no more; one that only waits for its parent to notice counts as gone.
    static func isGone(_ process: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        // The name in parentheses may hold anything; the state follows it.
        guard let name = stat.lastIndex(of: ")") else { return true }
        return stat[name...].dropFirst(2).first == "Z"
    }
}
