import Dispatch
import Glibc
import Synchronization

/// The signals that end a program: Ctrl-C, `kill`, and a terminal that closes.
///
/// The first one cancels the command, which then ends in order what it has begun: its queries, its inspectors, the private server. From the
/// second one on this may take ``patience``; then the process ends. A daemon that handles a signal itself takes it over (``handOver(_:)``).
final class StopSignals: Sendable {
    static let shared = StopSignals()

    static let all = [SIGINT, SIGTERM, SIGHUP]
    /// For what is still to be ended in order after a second signal.
    static let patience = DispatchTimeInterval.seconds(5)

    private struct State {
        var received: Int32?
        var handedOver: Set<Int32> = []
        /// Cancels the command.
        var cancel: (@Sendable () -> Void)?
        /// Whether the command does nothing but wait for input, which cannot be cancelled.
        var isWaitingForInput = false
    }

    private let state = Mutex(State())
    /// Not one of Swift's cooperative threads, all of which may be busy.
    private let queue = DispatchQueue(label: "dailies.signals")

    private init() {}

    /// The first signal that asked the command to stop.
    var received: Int32? { state.withLock { $0.received } }

    /// Runs a command, and cancels it at the first signal. What it writes into a pipe that nobody reads any more is an error and not its end.
    func run(_ command: sending @escaping () async throws -> Void) async throws {
        signal(SIGPIPE, SIG_IGN)
        await trap()
        let task = Task { try await command() }
        let isLate = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.received != nil
        }
        if isLate { task.cancel() }
        try await task.value
    }

    /// From now on somebody else handles these signals. Trap them before, so that none is lost.
    func handOver(_ signals: Int32...) { state.withLock { $0.handedOver.formUnion(signals) } }

    /// Waits for a person's or another program's input. Nothing has to be ended in order then, so a signal ends the process at once.
    func waitingForInput<Value>(_ body: () throws -> Value) rethrows -> Value {
        let received = state.withLock { state in
            state.isWaitingForInput = true
            return state.received
        }
        if let received { Self.end(by: received) }
        defer { state.withLock { $0.isWaitingForInput = false } }
        return try body()
    }

    /// Returns when no signal is lost any more. One that was ignored from the beginning stays so: `nohup` and shells that start programs in the
    /// background want that.
    private func trap() async {
        for number in Self.all where !Self.isIgnored(number) {
            await withCheckedContinuation { (registered: CheckedContinuation<Void, Never>) in
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                // A source that nobody holds any more ends, so its own handler holds it.
                source.setEventHandler { [self] in withExtendedLifetime(source) { receive(number) } }
                source.setRegistrationHandler { registered.resume() }
                source.resume()
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var present = sigaction()
        guard sigaction(number, nil, &present) == 0 else { return false }
        return unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private func receive(_ number: Int32) {
        enum Step {
            case nothing, cancel(@Sendable () -> Void), end, endSoon
        }
        let step = state.withLock { state -> Step in
            if state.handedOver.contains(number) { return .nothing }
            if state.isWaitingForInput { return .end }
            guard state.received == nil else { return .endSoon }
            state.received = number
            return state.cancel.map(Step.cancel) ?? .nothing
        }
        switch step {
        case .nothing: break
        case .cancel(let cancel): cancel()
        case .end: Self.end(by: number)
        case .endSoon: queue.asyncAfter(deadline: .now() + Self.patience) { Self.end(by: number) }
        }
    }

    private static func end(by number: Int32) -> Never { _exit(exitCode(of: number)) }

    /// As a shell tells that a signal ended a program.
    static func exitCode(of number: Int32) -> Int32 { 128 + number }

    static func name(of number: Int32) -> String {
        switch number {
        case SIGINT: "Ctrl-C (SIGINT)"
        case SIGTERM: "SIGTERM"
        default: "SIGHUP"
        }
    }
}
