import Glibc
import InspectorChannel
import Recordings
import Synchronization
import SystemPackage
import TestSupport

@testable import Inspectors

/// One recording's worth of open files, lent to an inspection.
struct Lent {
    var recording: FileDescriptor
    var artifacts: ArtifactDescriptors

    /// Lends a recording (nothing, unless named) and an empty file for each artifact.
    static func with<Result>(_ path: FilePath = "/dev/null", _ body: (Lent) async throws -> Result) async throws -> Result {
        try await TemporaryFolder.with { folder in
            let recording = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            var files: [FileDescriptor] = []
            defer { for file in files + [recording] { try? file.close() } }
            for name in ["poster", "storyboard", "waveform", "playback"] {
                try files.append(
                    .open(folder.appending(name), .readWrite, options: [.closeOnExec, .create], permissions: [.ownerReadWrite]))
            }
            let artifacts = ArtifactDescriptors(poster: files[0], storyboard: files[1], waveform: files[2], playback: files[3])
            return try await body(Lent(recording: recording, artifacts: artifacts))
        }
    }
}

extension InspectorPool {
    /// One pool for tests that do not harm the fork server, because starting one takes longer than most of them.
    static func shared() throws -> InspectorPool {
        try sharedResult.get()
    }

    private static let sharedResult = Result { try InspectorPool() }

    /// Runs one probe with small limits, and returns how its inspector died.
    func death(
        of probe: InspectorProbe, lending files: ArtifactDescriptors? = nil, _ change: (inout InspectionLimits) -> Void = { _ in }
    ) async throws -> InspectorDeath {
        var request = InspectionRequest()
        // Long enough for a busy machine on which the child rarely runs.
        request.limits.wallSeconds = 200
        request.limits.cpuSeconds = 10
        request.limits.memoryBytes = 256 << 20
        change(&request.limits)
        return try await Lent.with { lent in
            switch try await run(probe: probe, recording: lent.recording, request: request, artifacts: files ?? lent.artifacts) {
            case .report: throw Survived(probe: probe)
            case .died(let death): return death
            }
        }
    }

    struct Survived: Error {
        var probe: InspectorProbe
    }
}

/// The processes of the inspectors that a pool started, and a way to wait for them.
final class Started: Sendable {
    private struct State {
        var processes: [Int32] = []
        var waiting: (count: Int, continuation: CheckedContinuation<[Int32], Never>)?
    }

    private let state = Mutex(State())

    func note(_ process: Int32) {
        let waiter = state.withLock { state -> CheckedContinuation<[Int32], Never>? in
            state.processes.append(process)
            guard let waiting = state.waiting, state.processes.count >= waiting.count else { return nil }
            state.waiting = nil
            return waiting.continuation
        }
        waiter?.resume(returning: state.withLock { $0.processes })
    }

    /// The first `count` processes, once that many have started.
    func first(_ count: Int) async -> [Int32] {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> [Int32]? in
                guard state.processes.count < count else { return state.processes }
                state.waiting = (count, continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// A pool whose inspectors are noted here.
    func pool(sandbox: InspectorPool.Sandbox = .required) throws -> InspectorPool {
        var configuration = InspectorPool.Configuration(sandbox: sandbox)
        configuration.inspectorStarted = { [self] process in note(process) }
        return try InspectorPool(configuration: configuration)
    }
}

/// A pipe whose writing end is lent to a process: when reading gives the end of the file, every process that held it has ended.
struct Lifeline {
    private let reader: FileDescriptor
    let lent: FileDescriptor

    init() throws {
        (reader, lent) = try FileDescriptor.pipe()
    }

    /// Closes its own copy of the lent end and waits until no process has one.
    func awaitEnd() throws {
        try lent.close()
        defer { try? reader.close() }
        var polled = pollfd(fd: reader.rawValue, events: Int16(POLLIN), revents: 0)
        // Far longer than it takes: a process that keeps the pipe open fails the test and does not hang it.
        guard poll(&polled, 1, 60_000) == 1, polled.revents & Int16(POLLHUP) != 0 else { throw StillHeld() }
    }

    struct StillHeld: Error {}
}
