internal import Synchronization

/// Gives turns to transfers of media, in the order of the requests, but so that one reader's many leave turns for the others.
final class MediaTurns: Sendable {
    /// The reviewer who asked, by their id: in however many browsers and programs, one person is one reader.
    typealias Reader = Int64

    /// Too many requests of this reader wait already.
    struct Busy: Error {}

    private struct Waiting {
        var id: Int
        var reader: Reader
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running: [Reader: Int] = [:]
        var count = 0
        var waiting: [Waiting] = []
        var asked = 0
    }

    private let limits: MediaLimits
    private let state = Mutex(State())

    init(_ limits: MediaLimits) { self.limits = limits }

    /// The numbers of transfers that have a turn, and that wait for one.
    var counts: (running: Int, waiting: Int) { state.withLock { ($0.count, $0.waiting.count) } }

    /// Waits for a turn. It ends when the returned object is released.
    /// - Throws: ``Busy``; `CancellationError` in a cancelled task.
    func take(for reader: Reader) async throws -> MediaTurn {
        let id = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        let isMine: Bool = try await withTaskCancellationHandler {
            let isFull = Mutex(false)
            let isMine = await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if mayRun(reader, state), !state.waiting.contains(where: { mayRun($0.reader, state) }) {
                        Self.begin(reader, &state)
                        return true
                    }
                    guard state.waiting.count(where: { $0.reader == reader }) < limits.waitingPerReader else {
                        isFull.withLock { $0 = true }
                        return false
                    }
                    state.waiting.append(Waiting(id: id, reader: reader, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
            if isFull.withLock({ $0 }) { throw Busy() }
            return isMine
        } onCancel: {
            giveUp(id)
        }
        guard isMine else { throw CancellationError() }
        return MediaTurn(of: reader, in: self)
    }

    fileprivate func giveBack(_ reader: Reader) {
        let served = state.withLock { state in
            state.count -= 1
            let left = (state.running[reader] ?? 0) - 1
            state.running[reader] = left > 0 ? left : nil
            return serve(&state)
        }
        for continuation in served { continuation.resume(returning: true) }
    }

    private func giveUp(_ id: Int) {
        let own = state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
        }
        own?.resume(returning: false)
    }

    private func mayRun(_ reader: Reader, _ state: State) -> Bool {
        state.count < limits.atOnce && (state.running[reader] ?? 0) < limits.perReader
    }

    private static func begin(_ reader: Reader, _ state: inout State) {
        state.count += 1
        state.running[reader, default: 0] += 1
    }

    /// Gives turns to the first who may have one.
    private func serve(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        var served: [CheckedContinuation<Bool, Never>] = []
        while state.count < limits.atOnce, let index = state.waiting.firstIndex(where: { mayRun($0.reader, state) }) {
            let next = state.waiting.remove(at: index)
            Self.begin(next.reader, &state)
            served.append(next.continuation)
        }
        return served
    }
}

/// A turn. It ends when this object is released.
final class MediaTurn: Sendable {
    private let reader: MediaTurns.Reader
    private let turns: MediaTurns

    fileprivate init(of reader: MediaTurns.Reader, in turns: MediaTurns) {
        self.reader = reader
        self.turns = turns
    }

    deinit { turns.giveBack(reader) }
}
