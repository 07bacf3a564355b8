import Foundation

/// Which processes a worker has started.
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
}
