import Foundation
import Glibc
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

    /// Processes of any parent that work in a folder, or that have it in their command line, each with the latter.
    static func using(_ folder: FilePath) -> [pid_t: String] {
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        var found: [pid_t: String] = [:]
        for process in processes where process != getpid() && !isGone(process) {
            let words = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) ?? ""
            if words.contains(folder.string) || place.hasPrefix(folder.string) {
                found[process] = words.replacing("\0", with: " ")
            }
        }
        return found
    }

    /// Everything below a process.
    static func descendants(of process: pid_t) -> [pid_t] {
        children(of: process).flatMap { [$0] + descendants(of: $0) }
    }

    /// Whether a process handles a signal itself.
    static func traps(_ signal: Int32, in process: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let mask = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }?.dropFirst(7).drop { $0.isWhitespace }
        return mask.flatMap { UInt64($0, radix: 16) }.map { $0 >> UInt64(signal - 1) & 1 == 1 } ?? false
    }

    /// Whether a process runs no more; one that only waits for its parent to notice counts as gone.
    static func isGone(_ process: pid_t) -> Bool {
        let state = state(inFolder: "/proc/\(process)")
        return state == nil || state == "Z"
    }

    /// Whether every thread of a process has stopped. `SIGSTOP` is handed to one thread; until that one has run, the others go on.
    static func isStopped(_ process: pid_t) -> Bool {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return tasks.allSatisfy { state(inFolder: "/proc/\(process)/task/\($0)") == "T" }
    }

    /// The kernel's letter for what a process or thread does.
    private static func state(inFolder folder: String) -> Character? {
        guard let stat = try? String(contentsOfFile: "\(folder)/stat", encoding: .utf8) else { return nil }
        // The name in parentheses may hold anything; the state follows it.
        guard let name = stat.lastIndex(of: ")") else { return nil }
        return stat[name...].dropFirst(2).first
    }
}
