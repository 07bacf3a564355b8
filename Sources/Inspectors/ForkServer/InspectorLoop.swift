internal import FoundationEssentials
internal import Glibc
internal import InspectorChannel
internal import Logging
internal import Recordings
internal import Synchronization
internal import SystemPackage

/// Runs inspections in the children of a fork server. It holds the state that callers share with the one thread that talks to the server.
///
/// The thread starts with the first caller and ends with `stop`; only it starts the server, reads its messages and reaps it. Callers
/// change the state and wake the thread, so none of them ever blocks on the socket.
final class InspectorLoop: Sendable {
    struct Caller {
        var message: Data
        var descriptors: [FileDescriptor]
        var continuation: CheckedContinuation<InspectionEnd, any Error>
    }

    struct State {
        var ledger = InspectionLedger()
        var callers: [Int: Caller] = [:]
        var lastID = 0
        /// Cancelled before they were handed in.
        var cancelledEarly: Set<Int> = []
        /// The server's process while it may be signalled: set after it was started, taken back before it is reaped.
        var server: Int32?
        var serverWasKilled = false
        var support: SandboxSupport?
        var ffmpeg: FFmpegBuild?
        var supportWaiters: [CheckedContinuation<SandboxSupport, any Error>] = []
        var hasThread = false
        var isStopping = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let configuration: InspectorPool.Configuration
    let logger: Logger
    let state = Mutex(State())
    let waker: Waker

    init(configuration: InspectorPool.Configuration, logger: Logger) throws(Errno) {
        self.configuration = configuration
        self.logger = logger
        waker = try Waker()
    }

    deinit {
        try? waker.descriptor.close()
    }

    /// Lets the server make a child, and waits for the child's end.
    func run(_ work: InspectorWork) async throws -> InspectionEnd {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let message = try InspectorCommand.inspect(job: work.job(id: id)).json()
        defer { state.withLock { state in _ = state.cancelledEarly.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let caller = Caller(message: message, descriptors: work.descriptors.inOrder, continuation: continuation)
                submit(caller, id: id, wallSeconds: work.request.limits.wallSeconds)
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func submit(_ caller: Caller, id: Int, wallSeconds: Int) {
        let refusal: (any Error)? = state.withLock { state in
            if state.isStopping { return InspectorError.shutDown }
            if state.cancelledEarly.contains(id) { return CancellationError() }
            state.callers[id] = caller
            state.ledger.add(id, wallSeconds: wallSeconds)
            return ensureThread(&state)
        }
        if let refusal {
            caller.continuation.resume(throwing: refusal)
        } else {
            waker.wake()
        }
    }

    private func cancel(_ id: Int) {
        change { state in
            guard state.callers[id] != nil else {
                state.cancelledEarly.insert(id)
                return []
            }
            return [state.ledger.cancel(id)].compactMap { $0 }
        }
        waker.wake()
    }

    /// What the kernel offers for the sandbox, as the server reports it. Starts a server if there is none.
    func support() async throws -> SandboxSupport {
        try await withCheckedThrowingContinuation { continuation in
            let answer: Result<SandboxSupport, any Error>? = state.withLock { state in
                if let support = state.support { return .success(support) }
                if state.isStopping { return .failure(InspectorError.shutDown) }
                if let error = ensureThread(&state) { return .failure(error) }
                state.supportWaiters.append(continuation)
                return nil
            }
            if let answer { continuation.resume(with: answer) }
            waker.wake()
        }
    }

    /// The server's FFmpeg, as it reports it. Starts a server if there is none.
    func ffmpeg() async throws -> FFmpegBuild? {
        _ = try await support()
        return state.withLock { state in state.ffmpeg }
    }

    /// Callable from any thread; waits for nothing but the lock, which is never held while anything blocks.
    func killAll() {
        change { state in
            if let server = state.server {
                ForkServerProcess.kill(server)
                state.serverWasKilled = true
            }
            return state.ledger.killWaiting()
        }
    }

    var serverProcess: Int32? { state.withLock { state in state.server } }

    func stop() {
        state.withLock { state in state.isStopping = true }
        waker.wake()
    }

    func awaitEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.hasThread { state.endWaiters.append(continuation) }
                return !state.hasThread
            }
            if isOver { continuation.resume() }
        }
    }

    /// Changes the state, then resumes the callers whose inspections the change has ended.
    func change(_ body: (inout State) -> [InspectionLedger.Settled]) {
        let resumptions = state.withLock { state in
            body(&state).compactMap { settled in
                state.callers.removeValue(forKey: settled.id).map { ($0.continuation, settled.answer) }
            }
        }
        for (continuation, answer) in resumptions {
            switch answer {
            case .end(let end): continuation.resume(returning: end)
            case .cancelled: continuation.resume(throwing: CancellationError())
            case .error(let error): continuation.resume(throwing: error)
            }
        }
    }

    /// A thread of its own: the cooperative pool may be starved by decoding when an inspector has to be killed.
    private func ensureThread(_ state: inout State) -> (any Error)? {
        guard !state.hasThread else { return nil }
        var thread = pthread_t()
        let loop = unsafe Unmanaged.passRetained(self)
        let result = unsafe pthread_create(
            &thread, nil,
            { loop in
                guard let loop = unsafe loop else { return nil }
                unsafe Unmanaged<InspectorLoop>.fromOpaque(loop).takeRetainedValue().serve()
                return nil
            }, loop.toOpaque())
        guard result == 0 else {
            unsafe loop.release()
            return InspectorError.refused(why: "no thread could be made (\(Errno(rawValue: result)))")
        }
        pthread_detach(thread)
        state.hasThread = true
        return nil
    }
}
