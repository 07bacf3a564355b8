internal import CSandbox
internal import FoundationEssentials
internal import Glibc
internal import Inspection
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// The warm process: everything a child needs is loaded here once, so that a child costs a fork.
///
/// It ends when its parent closes the channel, and takes its children with it.
struct ForkServer {
    private struct Child {
        var id: Int
        var startedMs: Int
        var deadlineMs: Int
        var timedOut = false
    }

    private let channel: InspectorChannel
    /// Whether children are sandboxed. If a sandbox is required but not available, no child is started.
    private let sandbox: Bool
    private var support = SandboxSupport(landlock: nil, seccomp: false)
    /// Keyed by process id.
    private var children: [Int32: Child] = [:]

    init(channel: InspectorChannel, sandbox: Bool) {
        self.channel = channel
        self.sandbox = sandbox
    }

    /// Serves until the parent has gone. Returns the process's exit code.
    mutating func run() -> Int32 {
        defer { for process in children.keys { kill(process, SIGKILL) } }
        do {
            let signals = try prepare()
            while true {
                var polled = [
                    pollfd(fd: channel.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                ]
                _ = unsafe poll(&polled, 2, timeUntilDeadline())
                endOverdue()
                if polled[1].revents != 0 {
                    sandbox_drain_child_signals(signals)
                    try reap()
                }
                if polled[0].revents != 0 {
                    guard let received = try channel.receive(wait: true) else { return EX_OK }
                    try obey(received)
                }
            }
        } catch {
            // The parent may also have died while a message was sent to it; then nobody reads this.
            DailiesInspector.complain("The inspector stopped: \(error)")
            return EX_OSERR
        }
    }

    private mutating func prepare() throws -> Int32 {
        let offered = sandbox_probe()
        support = SandboxSupport(landlock: offered.landlock_abi > 0 ? Int(offered.landlock_abi) : nil, seccomp: offered.seccomp)
        Inspection.warmUp()
        try warmJSON()
        if sandbox, support.isComplete, let failed = unsafe sandbox_close_server() {
            throw unsafe ServerFailure(step: String(cString: failed), errno: Errno(rawValue: errno))
        }
        let signals = sandbox_child_signals()
        guard signals >= 0 else { throw ServerFailure(step: "signalfd", errno: Errno(rawValue: errno)) }
        try tell(.ready(channel: InspectorChannel.version, schema: Report.currentSchema, support: support, ffmpeg: Inspection.ffmpeg))
        return signals
    }

    /// Uses each type of JSON once, so that the server pays for its first use and not every child.
    private func warmJSON() throws {
        let report = Report.unusable(UnusableReason(.empty), container: Container(format: "warm"))
        _ = try Report(json: report.json())
        _ = try RenditionReport(json: RenditionReport(.limit).json()).validated(limits: InspectionLimits())
        let request = InspectionRequest(declaredType: "video/webm", declaredBytes: 1)
        let job = InspectorJob(id: 1, request: request, artifacts: ArtifactKind.allCases)
        _ = try InspectorCommand(json: InspectorCommand.inspect(job: job).json())
    }

    private func tell(_ event: InspectorEvent) throws {
        try channel.send(event.json(), wait: true)
    }

    private mutating func obey(_ received: InspectorChannel.Received) throws {
        // By then the child has its own copies.
        defer { for descriptor in received.descriptors { try? descriptor.close() } }
        switch try InspectorCommand(json: received.message) {
        case .inspect(let job):
            try start(job, descriptors: received.descriptors)
        case .kill(let id):
            for (process, child) in children where child.id == id { kill(process, SIGKILL) }
        }
    }

    private mutating func start(_ job: InspectorJob, descriptors: [FileDescriptor]) throws {
        guard let descriptors = InspectorDescriptors(inOrder: descriptors, kinds: job.artifacts) else {
            return try tell(.refused(id: job.id, why: "it came with \(descriptors.count) open files"))
        }
        guard !sandbox || support.isComplete else {
            return try tell(.refused(id: job.id, why: "the kernel lacks what the sandbox needs"))
        }
        let child = InspectorChild(job: job, descriptors: descriptors, sandbox: sandbox, server: getpid())
        let startedMs = MonotonicClock.nowMs()
        let process = sandbox_fork()
        switch process {
        case 0: child.run()
        case -1: try tell(.refused(id: job.id, why: "no process could be made: \(Errno(rawValue: errno))"))
        default:
            children[process] = Child(id: job.id, startedMs: startedMs, deadlineMs: startedMs + job.request.limits.wallSeconds * 1000)
            try tell(.started(id: job.id, process: process))
        }
    }

    private mutating func reap() throws {
        var ended = sandbox_ending()
        while unsafe sandbox_reap(&ended) {
            guard let child = children.removeValue(forKey: ended.process) else { continue }
            let status: InspectorEnding.Status = ended.signal == 0 ? .exit(code: ended.code) : .signal(number: ended.signal)
            let ending = InspectorEnding(
                status: status, timedOut: child.timedOut, cpuMs: Int(ended.cpu_us / 1000), wallMs: MonotonicClock.nowMs() - child.startedMs,
                maxRSSBytes: ended.max_rss_bytes)
            try tell(.ended(id: child.id, ending: ending))
        }
    }

    private mutating func endOverdue() {
        let now = MonotonicClock.nowMs()
        for (process, child) in children where !child.timedOut && child.deadlineMs <= now {
            children[process]?.timedOut = true
            kill(process, SIGKILL)
        }
    }

    /// Milliseconds for `poll`; -1, its own word for "as long as it takes", when nothing is due.
    private func timeUntilDeadline() -> Int32 {
        let next = children.values.lazy.filter { !$0.timedOut }.map(\.deadlineMs).min()
        guard let next else { return -1 }
        return Int32(clamping: max(0, next - MonotonicClock.nowMs()))
    }
}
