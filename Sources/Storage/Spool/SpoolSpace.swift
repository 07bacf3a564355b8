import Synchronization

/// Lends a spool's space in the order of the requests.
///
/// A later request that would fit still waits for earlier ones. Otherwise a large recording might wait for ever.
final class SpoolSpace: Sendable {
    private struct Waiting {
        var id: Int
        var bytes: Int64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int64
        var waiting: [Waiting] = []
        var asked = 0
    }

    let bytes: Int64
    private let state: Mutex<State>

    init(bytes: Int64) {
        self.bytes = bytes
        state = Mutex(State(free: bytes))
    }

    /// The number of waiting requests.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Waits until this much space is free, and reserves it.
    /// - Returns: `nil` when the task was cancelled. The reservation frees the space when it is released.
    /// - Throws: ``StorageError/Code/full`` for more than the whole spool.
    func reserve(_ bytes: Int64) async throws(StorageError) -> SpoolReservation? {
        guard bytes <= self.bytes else {
            throw StorageError(
                .full, "\(bytes >> 20) MiB are needed at once for working on a file, and spool-mib is \(self.bytes >> 20). Raise it.")
        }
        let id = state.withLock { state in
            state.asked += 1
            return state.asked
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.waiting.isEmpty, state.free >= bytes {
                        state.free -= bytes
                        return true
                    }
                    state.waiting.append(Waiting(id: id, bytes: bytes, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(id)
        }
        return isTaken ? SpoolReservation(bytes: bytes, of: self) : nil
    }

    fileprivate func giveBack(_ bytes: Int64) {
        let served = state.withLock { state in
            state.free += bytes
            return Self.serve(&state)
        }
        for continuation in served { continuation.resume(returning: true) }
    }

    private func giveUp(_ id: Int) {
        let (own, served) = state.withLock { state in
            let index = state.waiting.firstIndex { $0.id == id }
            let own = index.map { state.waiting.remove(at: $0).continuation }
            return (own, Self.serve(&state))
        }
        own?.resume(returning: false)
        for continuation in served { continuation.resume(returning: true) }
    }

    private static func serve(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        var served: [CheckedContinuation<Bool, Never>] = []
        while let first = state.waiting.first, first.bytes <= state.free {
            state.free -= first.bytes
            served.append(state.waiting.removeFirst().continuation)
        }
        return served
    }
}

/// Reserved space of a spool. It is free again when this object is released.
final class SpoolReservation: Sendable {
    private let bytes: Int64
    private let space: SpoolSpace

    fileprivate init(bytes: Int64, of space: SpoolSpace) {
        self.bytes = bytes
        self.space = space
    }

    deinit { space.giveBack(bytes) }
}
