import Glibc
import Recordings
import SystemPackage

/// Checks the machine, and other users' access to Dailies' folders.
extension Examination {
    func machine() -> [Finding] {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let pages = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        return [.fine("machine", "Linux \(release), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, \(pages >> 20) MiB of memory")]
            + Self.memory(total: pages, slots: settings.slots.value, each: settings.limits.memoryBytes)
    }

    /// Inspectors rarely use all the memory that they may use. But if all of them do at the same time, the machine should still work.
    static func memory(total: Int64, slots: Int, each: Int64) -> [Finding] {
        guard Int64(slots) * each > total else { return [] }
        return [
            .note(
                "memory", "\(slots) inspectors that take all they may need \(Int64(slots) * each >> 20) MiB, more than the machine has",
                remedy: "Lower slots, or limit-memory-mib, which is \(each >> 20).")
        ]
    }

    /// Recordings are personal data, so only Dailies may read them. Other users may pass through the folder around them, as a private server
    /// with its own user has to, but must not replace anything in it.
    func folders() -> [Finding] {
        let folders: [(String, FilePath, mode_t)] = [
            ("data", settings.data.value, 0o002), ("storage", settings.storage.value.workFolder, 0o007),
        ]
        var found: [Finding] = []
        for (name, folder, forbidden) in folders {
            var status = stat()
            // Another check finds out whether it can be created.
            guard stat(folder.string, &status) == 0 else { continue }
            found += Self.folder(folder, mode: status.st_mode & forbidden, owner: status.st_uid, user: geteuid(), as: name)
        }
        return found + settingsFile()
    }

    /// - Parameter mode: the permissions that others must not have.
    static func folder(_ folder: FilePath, mode: mode_t, owner: uid_t, user: uid_t, as name: String) -> [Finding] {
        if mode != 0 {
            let verb = mode & 0o002 != 0 ? "change" : mode & 0o004 != 0 ? "list" : "enter"
            let rights = (mode & 0o004 != 0 ? "r" : "") + (mode & 0o002 != 0 ? "w" : "") + (mode & 0o001 != 0 ? "x" : "")
            return [.problem(name, "everybody on this machine may \(verb) \(folder)", remedy: "chmod o-\(rights) \(folder)")]
        }
        guard owner == user || user == 0 else {
            return [
                .note(
                    name, "\(folder) belongs to user \(owner), and this is user \(user)",
                    remedy: "Run every part of Dailies on this machine as the same user.")
            ]
        }
        return []
    }

    /// A connection string may hold a password.
    private func settingsFile() -> [Finding] {
        let sources = [settings.database.source, settings.listenDatabase?.source].compactMap { $0 }
        guard case .file(let path) = sources.first(where: { if case .file = $0 { true } else { false } }) else { return [] }
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & 0o004 != 0 else { return [] }
        return [
            .note(
                "settings", "everybody on this machine may read \(path), which says how to reach the database",
                remedy: "chmod o= \(path), or put the password into a passfile.")
        ]
    }
}
