import ForeignText
import Glibc
import SystemPackage

/// The server's main process, as `postmaster.pid` describes it. The file's lines are, in PostgreSQL 10 and later:
/// process id, data folder, start time, port, socket folder, listen address, shared memory key, status.
struct Postmaster: Hashable, Sendable {
    let processID: pid_t
    /// When it started, in seconds since 1970 by the clock of that moment.
    let startTime: Int64?
    /// The socket folder in use, which is the truth for a server that someone else started.
    let socketFolder: FilePath?

    init?(pidFile text: String) {
        let lines = text.parts(at: "\n", keepingEmpty: true)
        guard let first = lines.first, let processID = pid_t(first), processID > 1 else { return nil }
        self.processID = processID
        startTime = lines.count > 2 ? Int64(lines[2]) : nil
        socketFolder = lines.count > 4 && lines[4].begins(with: "/") ? FilePath(String(lines[4])) : nil
    }

    static func file(in data: FilePath) -> FilePath { data.appending("postmaster.pid") }

    /// What the file says, whether that process still is the server or not. A killed server leaves its file behind.
    static func named(in data: FilePath) -> Postmaster? {
        TextFile.read(file(in: data)).flatMap(Postmaster.init(pidFile:))
    }

    /// The server that certainly runs on this data; `nil` if none does, or if that cannot be proven.
    static func running(on data: FilePath) -> Postmaster? {
        guard let postmaster = named(in: data), postmaster.holder(on: data) == .server else { return nil }
        return postmaster
    }

    /// Who has the process id of the file today.
    enum Holder: Equatable {
        /// The server of this data.
        case server
        /// No process, or a dead one that nobody has waited for.
        case nobody
        /// Another process, which must be left alone.
        case stranger
        /// A process of which the kernel does not tell enough.
        case unknown
    }

    func holder(on data: FilePath) -> Holder {
        guard let stat = ProcessStat(of: processID) else { return .nobody }
        return holder(stat, worksInData: stat.works(in: data), bootTime: ProcessStat.bootTime)
    }

    /// The decision. The working folder proves it, because a server works in its data folder. Where the kernel hides that (from root in a
    /// container, if the server has another account), the start time has to do: two processes with one number never started together.
    /// - Parameters:
    ///   - worksInData: whether its working folder is the data folder; `nil` if that cannot be seen.
    ///   - bootTime: of the machine, in seconds since 1970, by today's clock.
    func holder(_ stat: ProcessStat, worksInData: Bool?, bootTime: Int64?) -> Holder {
        guard !stat.isDead else { return .nobody }
        let isPostgres = stat.command == "postgres"
        switch worksInData {
        case true?: return isPostgres ? .server : .unknown
        case false?: return .stranger
        case nil:
            guard isPostgres else { return .stranger }
            guard let noted = startTime, let bootTime, let started = stat.secondsAfterBoot else { return .unknown }
            // A clock that was set since also moves the one against the other.
            return abs(bootTime + started - noted) <= Self.startTolerance ? .server : .unknown
        }
    }

    /// Seconds from the making of the process to the moment that the server notes, on a machine with much to do.
    private static let startTolerance: Int64 = 10
}
